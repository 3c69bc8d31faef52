import type { JSONSchema } from 'json-schema-to-ts';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { InferInput, InferOutput } from '../../core/agents/schema-types.js';
import type { JsonValue } from '../../core/json.js';
import type { AnySchema } from '../../core/schema/schema-validator.js';

/** As `defineAgent` does: a const type parameter spares the caller `as const`. */
declare function inputOf<const S extends AnySchema | undefined>(schema: S): InferInput<S>;
declare function outputOf<const S extends AnySchema | undefined>(schema: S): InferOutput<S>;

test('a JSON Schema literal needs no `as const`', () => {
  const page = outputOf({
    type: 'object',
    properties: { url: { type: 'string' }, rank: { type: 'integer' }, seen: { type: 'boolean' } },
    required: ['url'],
  });
  expectTypeOf(page).toEqualTypeOf<{ url: string; rank?: number; seen?: boolean }>();
});

test('enums, constants, null and lists of types', () => {
  expectTypeOf(outputOf({ enum: ['low', 'high', 3] })).toEqualTypeOf<'low' | 'high' | 3>();
  expectTypeOf(outputOf({ const: 'fact' })).toEqualTypeOf<'fact'>();
  expectTypeOf(outputOf({ type: ['string', 'null'] })).toEqualTypeOf<string | null>();
  expectTypeOf(outputOf({ type: 'string', nullable: true })).toEqualTypeOf<string | null>();
});

test('nested objects and arrays, to any depth', () => {
  const team = outputOf({
    type: 'object',
    properties: {
      members: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      },
    },
    required: ['members'],
    additionalProperties: false,
  });
  expectTypeOf(team).toEqualTypeOf<{ members: { name: string }[] }>();
});

test('anyOf with a discriminating constant narrows', () => {
  const event = outputOf({
    anyOf: [
      {
        type: 'object',
        properties: { kind: { const: 'found' }, count: { type: 'number' } },
        required: ['kind', 'count'],
      },
      {
        type: 'object',
        properties: { kind: { const: 'lost' }, reason: { type: 'string' } },
        required: ['kind', 'reason'],
      },
    ],
  });
  expectTypeOf(event).toEqualTypeOf<{ kind: 'found'; count: number } | { kind: 'lost'; reason: string }>();
  if (event.kind === 'found') expectTypeOf(event.count).toEqualTypeOf<number>();
});

test('a property with a default may be absent, as no defaults are filled in', () => {
  const settings = { type: 'object', properties: { depth: { type: 'number', default: 3 } } } as const;
  expectTypeOf(inputOf(settings)).toEqualTypeOf<{ depth?: number }>();
  expectTypeOf(outputOf(settings)).toEqualTypeOf<{ depth?: number }>();
});

test('values of additionalProperties with a schema keep their type; an object without properties stays open', () => {
  expectTypeOf(outputOf({ type: 'object', additionalProperties: { type: 'number' } })).toEqualTypeOf<{
    [key: string]: number;
  }>();
  expectTypeOf(outputOf({ type: 'object' })).toEqualTypeOf<{ [key: string]: unknown }>();
});

test('a value whose type is an interface fits, a misspelt property does not', () => {
  interface Fact {
    url: string;
    text: string;
  }
  const schema = {
    type: 'object',
    properties: { url: { type: 'string' }, text: { type: 'string' } },
    required: ['url', 'text'],
  } as const;
  expectTypeOf<Fact>().toExtend<InferInput<typeof schema>>();
  // @ts-expect-error: no property `ulr`
  outputOf(schema).ulr;
  // @ts-expect-error: url is a string
  const wrong: InferInput<typeof schema> = { url: 7, text: '' };
  void wrong;
});

test('$ref into $defs is followed', () => {
  const schema = {
    type: 'object',
    properties: { link: { $ref: '#/$defs/link' } },
    required: ['link'],
    $defs: { link: { type: 'string' } },
  } as const;
  expectTypeOf(outputOf(schema)).toEqualTypeOf<{ link: string }>();
});

test('a schema that holds itself is followed once, and is unknown from there on', () => {
  const list = {
    type: 'object',
    properties: { size: { type: 'number' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
    required: ['size', 'next'],
  } as const;
  interface List {
    size: number;
    next: { size: number; next: unknown } | null;
  }
  expectTypeOf(outputOf(list)).toEqualTypeOf<List>();
  const tree = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, parts: { $ref: '#/$defs/nodes' } },
        required: ['name', 'parts'],
      },
      nodes: { type: 'array', items: { $ref: '#/$defs/node' } },
    },
  } as const;
  expectTypeOf(outputOf(tree)).toEqualTypeOf<{ name: string; parts: unknown[] }>();
  expectTypeOf(inputOf(tree)).toEqualTypeOf<{ name: string; parts: unknown[] }>();
});

test('what stands beside a $ref holds, too', () => {
  const schema = {
    $ref: '#/$defs/named',
    type: 'object',
    properties: { age: { type: 'number' } },
    required: ['age'],
    $defs: { named: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  } as const;
  expectTypeOf(outputOf(schema)).toEqualTypeOf<{ name: string; age: number }>();
});

test('a $ref that is no path, or leads nowhere, is unknown', () => {
  const schema = {
    type: 'object',
    properties: { named: { $ref: '#here' }, afar: { $ref: 'other.json' }, gone: { $ref: '#/$defs/gone' } },
    required: ['named', 'afar', 'gone'],
    $defs: { here: { $anchor: 'here', type: 'string' } },
  } as const;
  expectTypeOf(outputOf(schema)).toEqualTypeOf<{ named: unknown; afar: unknown; gone: unknown }>();
});

test('a mistake in a schema is a compile error', () => {
  // @ts-expect-error: no such type
  outputOf({ type: 'strin' });
  // @ts-expect-error: a list of names
  outputOf({ type: 'object', required: 'url' });
});

test('zod: the publisher passes the input, the subscriber receives the output', () => {
  const schema = z.object({
    at: z.string().transform((text) => text.length),
    tag: z.string().default('none'),
  });
  expectTypeOf(inputOf(schema)).toEqualTypeOf<{ at: string; tag?: string | undefined }>();
  expectTypeOf(outputOf(schema)).toEqualTypeOf<{ at: number; tag: string }>();
});

test('valibot', () => {
  const schema = v.object({ url: v.pipe(v.string(), v.url()), size: v.optional(v.number(), 1) });
  expectTypeOf(inputOf(schema)).toEqualTypeOf<{ url: string; size?: number | undefined }>();
  expectTypeOf(outputOf(schema)).toEqualTypeOf<{ url: string; size: number }>();
});

test('without a schema a subscriber receives JSON, and a publisher passes anything but undefined', () => {
  expectTypeOf(outputOf(undefined)).toEqualTypeOf<JsonValue>();
  expectTypeOf<InferInput<undefined>>().toEqualTypeOf<JsonValue | object>();
  expectTypeOf<undefined>().not.toExtend<InferInput<undefined>>();
  expectTypeOf<bigint>().not.toExtend<InferInput<undefined>>();
});

test('a schema of a wide type infers to unknown, never to an endless type', () => {
  expectTypeOf<InferOutput<JSONSchema>>().toEqualTypeOf<unknown>();
  expectTypeOf<InferInput<AnySchema>>().toEqualTypeOf<unknown>();
  expectTypeOf<InferOutput<Record<string, unknown>>>().toEqualTypeOf<unknown>();
  const parsed: Record<string, unknown> = JSON.parse('{}');
  expectTypeOf(outputOf(parsed)).toEqualTypeOf<unknown>();
  expectTypeOf<InferOutput<boolean>>().toEqualTypeOf<unknown>();
  expectTypeOf<InferOutput<true>>().toEqualTypeOf<unknown>();
  expectTypeOf<InferOutput<{ type: 'object'; properties: Record<string, JSONSchema> }>>().toExtend<object>();
});
