// The one file that imports ajv, and statically: bundlers lose the named exports of CommonJS modules that are imported
// dynamically, so this module is what `ajvValidator` loads when it is first asked for.
export {
  Ajv,
  type ErrorObject,
  type FuncKeywordDefinition as KeywordDefinition,
  type Options,
  type ValidateFunction,
} from 'ajv';
export { Ajv2020 } from 'ajv/dist/2020.js';
