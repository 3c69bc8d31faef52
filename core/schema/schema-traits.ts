/** What decides how cheaply a schema can be checked. */
export interface SchemaTraits {
  /** Inherited properties must be told from own ones: it names one that every object has, or goes through all there are. */
  readonly tellsOwnProperties: boolean;
  /** What a `$dynamicRef` in it leads to is found out anew in each check. */
  readonly hasDynamicAnchors: boolean;
}

/** Keywords that go through the properties of a value, where a polluted prototype would show. */
const GOES_THROUGH_ALL: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'patternProperties',
  'propertyNames',
]);

/** Looks at a schema made of plain objects. It may say yes where no would do: names are names wherever they stand. */
export function traitsOf(schema: unknown): SchemaTraits {
  let tellsOwnProperties = false;
  let hasDynamicAnchors = false;
  const look = (part: unknown): void => {
    if (typeof part === 'string') {
      if (part in Object.prototype) tellsOwnProperties = true;
    } else if (Array.isArray(part)) {
      part.forEach(look);
    } else if (typeof part === 'object' && part !== null) {
      for (const [key, value] of Object.entries(part)) {
        if (GOES_THROUGH_ALL.has(key)) tellsOwnProperties = true;
        if (key === '$dynamicAnchor') hasDynamicAnchors = true;
        look(key);
        look(value);
      }
    }
  };
  look(schema);
  return { tellsOwnProperties, hasDynamicAnchors };
}
