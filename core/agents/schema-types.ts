import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import type { JsonValue } from '../json.js';

/** What a publisher passes for schema `S`. Without a schema: anything that may be JSON (checked when published). */
export type InferInput<S> = [S] extends [undefined]
  ? JsonValue | object
  : S extends StandardSchemaV1
    ? StandardSchemaV1.InferInput<S>
    : FromJsonSchema<S>;

/** What a subscriber receives for schema `S`: what the schema transforms to, where it does. Without one: JSON. */
export type InferOutput<S> = [S] extends [undefined]
  ? JsonValue
  : S extends StandardSchemaV1
    ? StandardSchemaV1.InferOutput<S>
    : FromJsonSchema<S>;

/** Checks fill in no defaults, so a property with a default may still be absent. */
interface Options {
  readonly keepDefaultedPropertiesOptional: true;
}

/** A schema of a wide type (`JSONSchema`, `Record<string, unknown>`) tells nothing, so its values are unknown. */
type FromJsonSchema<S> = JSONSchema extends S
  ? unknown
  : string extends keyof S
    ? unknown
    : [RefsIn<S>] extends [never]
      ? FromPlain<S>
      : Unrolled<S, S> extends infer Whole
        ? FromPlain<Whole>
        : never;

type FromPlain<S> = S extends JSONSchema ? Declared<FromSchema<S, Options>> : unknown;

/** The text of each `$ref` in it. Wide types, which may hold themselves, are not looked into. */
type RefsIn<S> = S extends readonly unknown[]
  ? number extends S['length']
    ? never
    : RefsIn<S[number]>
  : S extends object
    ? '$ref' extends keyof S
      ? S extends { readonly $ref: infer Ref extends string }
        ? Ref
        : never
      : RefsIn<S[keyof S]>
    : never;

/**
 * With what its references stand for in their place. One that leads back into what it is in is of unknown type:
 * followed for ever, it would be an error of the compiler.
 */
type Unrolled<S, Root, Within = never> = S extends { readonly $ref: infer Ref extends string }
  ? Referring<S, Ref extends Within ? true : Unrolled<Target<Root, Ref>, Root, Within | Ref>, Root, Within>
  : '$ref' extends keyof S
    ? S
    : { readonly [Key in keyof S]: Unrolled<S[Key], Root, Within> };

/** What stands beside a reference holds, too. */
type Referring<S, Referred, Root, Within> = {
  readonly [Key in keyof S | 'allOf' as Exclude<Key, '$ref'>]: Key extends 'allOf'
    ? readonly [Referred]
    : Key extends keyof S
      ? Unrolled<S[Key], Root, Within>
      : never;
};

/** What a reference names, by a path from the root; anything where it does so in another way. */
type Target<Root, Ref> = Ref extends '#' ? Root : Ref extends `#/${infer Path}` ? At<Root, Path> : true;

type At<S, Path> = Path extends `${infer Key}/${infer Rest}` ? At<Member<S, Key>, Rest> : Member<S, Path>;

type Member<S, Key> = Key extends keyof S ? S[Key] : true;

/**
 * Leaves out `[key: string]: unknown`, which stands for properties that a schema neither declares nor forbids. With it a
 * misspelt property would be of type unknown instead of an error, and no value whose type is an interface would fit.
 */
type Declared<T> = unknown extends T
  ? T
  : T extends readonly unknown[]
    ? { [Index in keyof T]: Declared<T[Index]> }
    : T extends object
      ? OnlyNamed<T>
      : T;

type OnlyNamed<T extends object> = [NamedKeys<T>] extends [never]
  ? T
  : { [Key in keyof T as IsOpen<T, Key> extends true ? never : Key]: Declared<T[Key]> };

type NamedKeys<T> = keyof { [Key in keyof T as string extends Key ? never : Key]: unknown };

type IsOpen<T, Key extends keyof T> = string extends Key ? (unknown extends T[Key] ? true : false) : false;
