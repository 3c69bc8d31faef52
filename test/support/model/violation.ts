/** The events tell of something that the contract rules out. */
export class Violation extends Error {
  override readonly name = 'Violation';

  /**
   * @param rule what the contract promises.
   * @param where which delivery, run, channel … was not treated so.
   */
  constructor(rule: string, where: string) {
    super(`${rule}: ${where}`);
  }
}

/** Throws a {@link Violation} unless the rule `holds`. */
export function must(holds: boolean, rule: string, where: string): asserts holds {
  if (!holds) throw new Violation(rule, where);
}

/** What an event names, which must exist. */
export function known<Value>(value: Value | undefined, what: string): Value {
  must(value !== undefined, 'an event names only what there is', what);
  return value;
}
