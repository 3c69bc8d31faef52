declare global {
  // Declared for programs that are compiled for environments without it; where TypeScript has it, this is the same.
  interface SymbolConstructor {
    /** Key of what `await using` calls at the end of its block. */
    readonly asyncDispose: unique symbol;
  }
}

/** What `await using` closes. The class that implements it brings the declaration above to whoever imports its types. */
export interface ClosesOnDispose {
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Makes `await using` close what has a `close`. Where there is no `Symbol.asyncDispose`, as in older browsers, compilers
 * that translate `await using` (Babel, esbuild) look under the registered symbol instead.
 *
 * @param known for tests: where the symbol is looked for.
 */
export function closesOnDispose(
  closable: { close(): Promise<void> },
  known: { readonly asyncDispose?: symbol } = Symbol,
): void {
  const key = known.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  Object.defineProperty(closable, key, { value: () => closable.close() });
}
