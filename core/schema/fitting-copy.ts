import { type JsonValue, MAX_SIZE } from '../json.js';
import { isNode, type SchemaNode } from './copy-schema.js';
import { KEYWORDS } from './keywords.js';
import type { CompiledSchema } from './schema-validator.js';

/**
 * A deep copy of a value that is made up of just what a schema names, in its order, and fits it; undefined for any other,
 * which may fit all the same. Never throws.
 */
export type FittingCopy = (value: unknown) => JsonValue | undefined;

/** Most values that a schema may name, and deepest nesting: what is larger is copied without its schema's help. */
const MOST_PARTS = 500;
const DEEPEST = 16;

/**
 * Writes code that copies and checks what a schema describes, in one go: a third of what both cost for three properties.
 * Undefined for schemas that leave open what a value is made of. Needs `Function`, like ajv.
 *
 * @param schema as `parseSchema` leaves it: it has refused `__proto__` for a name, and what is no keyword's value.
 * @param check decides where there is more to the schema than what things are, such as a `pattern`.
 * @throws EvalError where no code may be generated.
 */
export function compileFittingCopy(schema: unknown, check: CompiledSchema): FittingCopy | undefined {
  const writer = new CopyWriter();
  try {
    const make = new Function(writer.program(schema));
    const copy: FittingCopy = make();
    return writer.saysAll ? copy : copyAndCheck(copy, check);
  } catch (thrown) {
    if (thrown !== UNSUITED) throw thrown;
    return undefined;
  }
}

function copyAndCheck(copy: FittingCopy, check: CompiledSchema): FittingCopy {
  return (value) => {
    const copied = copy(value);
    return copied === undefined || check(copied) !== undefined ? undefined : copied;
  };
}

/** Thrown for a schema that this is not for. */
const UNSUITED = new Error('no copy is made by this schema');

/** Keywords that no value can violate. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['$id', '$anchor', '$defs', 'definitions', 'format']);

/** What is asked of a value called `name`, by type. */
const TESTS: ReadonlyMap<unknown, (name: string) => string> = new Map([
  ['string', (name) => `typeof ${name} === 'string'`],
  ['number', (name) => `(typeof ${name} === 'number' && Number.isFinite(${name}))`],
  ['integer', (name) => `Number.isInteger(${name})`],
  ['boolean', (name) => `typeof ${name} === 'boolean'`],
  ['null', (name) => `${name} === null`],
]);

class CopyWriter {
  /** False where a value can be as the schema says and still not fit. */
  saysAll = true;
  #parts = 0;
  readonly #lists: string[] = [];
  readonly #lines: string[] = [];

  /** The whole: answers the function when it is called. */
  program(schema: unknown): string {
    const copied = this.#value(schema, this.#nextId(), 0);
    return `'use strict';
${this.#lists.join('\n')}
return (v0) => {
try {
let left = ${MAX_SIZE};
${this.#lines.join('\n')}
return left < 0 ? undefined : ${copied};
} catch {
// A getter that throws, say: who copies without this says so.
return undefined;
}
};`;
  }

  #nextId(): number {
    if (this.#parts >= MOST_PARTS) throw UNSUITED;
    return this.#parts++;
  }

  /** Writes down how to copy `v…`, which is there; answers the name of the copy. */
  #value(schema: unknown, id: number, depth: number): string {
    if (!isNode(schema) || depth > DEEPEST) throw UNSUITED;
    const { type, properties, items } = schema;
    if (isNode(properties) && (type === undefined || type === 'object'))
      return this.#object(schema, properties, id, depth);
    if (isNode(items) && type === 'array') return this.#array(schema, items, id, depth);
    return this.#simple(schema, id);
  }

  #object(schema: SchemaNode, properties: SchemaNode, id: number, depth: number): string {
    const { required = [] } = schema;
    const members = Object.keys(properties).map((name) => ({ name, id: this.#nextId() }));
    const names = members.map(({ name }) => name);
    const isNamed = (name: unknown): boolean => typeof name === 'string' && names.includes(name);
    if (!Array.isArray(required) || !required.every(isNamed)) throw UNSUITED;
    // What may be a whole message is for `publish` to look at.
    if (depth === 0 && ['payload', 'id', 'timestamp', 'source'].every(isNamed)) throw UNSUITED;
    this.#note(schema, ['type', 'properties', 'required', 'additionalProperties']);

    // Not an object literal: where many of those get old, as in a backlog, the engine makes all that come later among the old
    // objects at once, and what is soon forgotten stays until the next full collection.
    const stores = members.map((member) => `this[${JSON.stringify(member.name)}] = v${member.id};`);
    this.#lists.push(
      `function Copy${id}(${members.map((member) => `v${member.id}`).join(', ')}) { ${stores.join(' ')} }`,
      `Copy${id}.prototype = Object.prototype;`,
    );
    this.#lines.push(
      `if (typeof v${id} !== 'object' || v${id} === null) return undefined;`,
      // First, as the engine has found out then what kind of object it is: to ask for the prototype costs 50 ns otherwise.
      ...members.map((member) => `const v${member.id} = v${id}[${JSON.stringify(member.name)}];`),
      `if (Object.getPrototypeOf(v${id}) !== Object.prototype) return undefined;`,
      `let n${id} = 0;`,
      // Not a list of names: the engine would ask that, for each, whether it is still one. 25 instructions for three names.
      `for (const key in v${id}) switch (n${id}++) {`,
      ...names.map(
        (name, n) => `case ${n}: if (key === ${JSON.stringify(name)}) continue; return undefined;`,
      ),
      `default: return undefined; }`,
      `if (n${id} !== ${names.length}) return undefined;`,
      `left -= ${names.reduce((sum, name) => sum + name.length + 4, 2)};`,
    );
    const copies = members.map((member) => this.#value(properties[member.name], member.id, depth + 1));
    this.#lines.push(`const c${id} = new Copy${id}(${copies.join(', ')});`);
    return `c${id}`;
  }

  #array(schema: SchemaNode, items: SchemaNode, id: number, depth: number): string {
    if (schema.prefixItems !== undefined) throw UNSUITED;
    this.#note(schema, ['type', 'items']);
    const itemId = this.#nextId();
    this.#lines.push(
      `if (!Array.isArray(v${id})) return undefined;`,
      `const n${id} = v${id}.length;`,
      `left -= 2 + 2 * n${id};`,
      'if (left < 0) return undefined;',
      `const c${id} = [];`,
      `for (let i${id} = 0; i${id} < n${id}; i${id}++) {`,
      `const v${itemId} = v${id}[i${id}];`,
    );
    const item = this.#value(items, itemId, depth + 1);
    this.#lines.push(`c${id}.push(${item});`, '}');
    return `c${id}`;
  }

  /** A text, a number, true, false or null. */
  #simple(schema: SchemaNode, id: number): string {
    const name = `v${id}`;
    const { type, enum: among, const: only } = schema;
    const tests: string[] = [];
    if (type !== undefined) {
      const types = Array.isArray(type) ? type : [type];
      tests.push(types.map((each) => (TESTS.get(each) ?? unsuited)(name)).join(' || '));
    }
    for (const values of [among, only === undefined ? undefined : [only]]) {
      if (Array.isArray(values)) tests.push(values.map((each) => isTheValue(name, each)).join(' || '));
    }
    if (tests.length === 0) throw UNSUITED;
    this.#note(schema, ['type', 'enum', 'const']);
    const mayBeText = type === undefined || type === 'string' || Array.isArray(type);
    this.#lines.push(
      ...tests.map((test) => `if (!(${test})) return undefined;`),
      ...(mayBeText ? [`if (typeof ${name} === 'string') left -= ${name}.length + 2;`] : []),
    );
    return name;
  }

  #note(schema: SchemaNode, heeded: readonly string[]): void {
    for (const keyword of Object.keys(schema)) {
      const saysSomething = (KEYWORDS.has(keyword) || keyword === 'const') && !SAYS_NOTHING.has(keyword);
      if (saysSomething && !heeded.includes(keyword)) this.saysAll = false;
    }
  }
}

function unsuited(): never {
  throw UNSUITED;
}

function isTheValue(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) throw UNSUITED;
  return `${name} === ${JSON.stringify(value)}`;
}
