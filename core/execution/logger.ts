import { invalid } from '../errors.js';

/** Where notes for the developer go. A logger that throws harms nothing. */
export interface Logger {
  info(message: string): void;
  warn(message: string, cause?: unknown): void;
}

/** Warnings on the console, nothing else. */
export const consoleLogger: Logger = {
  info: () => {},
  warn: (message, cause) => (cause === undefined ? console.warn(message) : console.warn(message, cause)),
};

/** A logger, or the parts of one that differ from {@link consoleLogger}. */
export type PartialLogger = { readonly [Method in keyof Logger]?: Logger[Method] | undefined };

/**
 * Checks what is given as a logger: the console and every logging library have members beside those that we use.
 *
 * @throws PubSubError `VALIDATION_ERROR` naming `field`.
 */
export function requireLogger(logger: unknown, field: string): void {
  if (typeof logger !== 'object' || logger === null || Array.isArray(logger))
    throw invalid(field, 'a logger', logger);
  const isOther = Object.keys(logger).length > 0 && !('info' in logger) && !('warn' in logger);
  if (isOther) throw invalid(field, 'an object with the method info or warn', logger);
  for (const method of ['info', 'warn'] as const) {
    const found: unknown = Reflect.get(logger, method);
    if (found !== undefined && typeof found !== 'function')
      throw invalid(`${field}.${method}`, 'a function', found);
  }
}

/** The same logger, made whole, but its failures stay its own. */
export function safeLogger(logger: PartialLogger = {}): Logger {
  const attempt = (log: () => unknown): void => {
    try {
      const result = log();
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // Nowhere is left to report a broken logger to.
    }
  };
  return {
    info: (message) => attempt(() => (logger.info ? logger.info(message) : consoleLogger.info(message))),
    warn: (message, cause) =>
      attempt(() => (logger.warn ? logger.warn(message, cause) : consoleLogger.warn(message, cause))),
  };
}
