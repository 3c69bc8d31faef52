/** Asked when nobody asks anything else, of the documents of the installed packages. */
export const DEFAULT_QUESTION =
  'How do I validate data against a schema, what happens when validation fails, and how do I infer the static type?';
