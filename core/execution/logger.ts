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

/** The same logger, but its failures stay its own. */
export function safeLogger(logger: Logger): Logger {
  const attempt = (log: () => unknown): void => {
    try {
      const result = log();
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // Nowhere is left to report a broken logger to.
    }
  };
  return {
    info: (message) => attempt(() => logger.info(message)),
    warn: (message, cause) => attempt(() => logger.warn(message, cause)),
  };
}
