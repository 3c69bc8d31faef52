import {
  type AgentContext,
  createMessage,
  defineAgent,
  type InferOutput,
  type JsonValue,
  type PubSubAgent,
} from 'dagger-agents';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const page = {
  type: 'object',
  properties: { kind: { enum: ['page', 'file'] }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['kind'],
} as const;

describe('what process returns keeps its literals', () => {
  test('whether it looks at its context or not', () => {
    const some = { subscribe: 'in', publish: 'out', outputSchema: page } as const;
    defineAgent({ ...some, name: 'bare', process: () => ({ kind: 'page' }) });
    defineAgent({
      ...some,
      name: 'arrow',
      process: ({ attempt }) => ({ kind: attempt > 1 ? 'file' : 'page' }),
    });
    defineAgent({ ...some, name: 'promised', process: async () => ({ kind: 'page', tags: ['a'] }) });
    defineAgent({
      ...some,
      name: 'method',
      async process({ payload }) {
        if (payload === null) return undefined;
        return { kind: 'file' };
      },
    });
    defineAgent({
      ...some,
      name: 'generator',
      async *process() {
        // The compiler widens what async generators yield.
        yield { kind: 'page' as const };
      },
    });
    defineAgent({
      ...some,
      name: 'synchronous-generator',
      *process() {
        yield { kind: 'page' };
      },
    });
  });

  test('and is checked', () => {
    const some = { name: 'a', subscribe: 'in', publish: 'out', outputSchema: page } as const;
    // @ts-expect-error No such kind.
    defineAgent({ ...some, process: () => ({ kind: 'photo' }) });
    // @ts-expect-error The kind is missing.
    defineAgent({ ...some, process: ({ payload }) => ({ tags: [String(payload)] }) });
    // @ts-expect-error Promised, it is wrong just as well.
    defineAgent({ ...some, process: async () => ({ kind: 'photo' }) });
    defineAgent({
      ...some,
      // @ts-expect-error And yielded, too.
      async *process() {
        yield { kind: 'photo' };
      },
    });
  });

  test('with several publications, or none, there is nothing to return', () => {
    // @ts-expect-error To which of both?
    defineAgent({ name: 'a', subscribe: 'in', publish: ['x', 'y'], process: () => 'text' });
    // @ts-expect-error To none.
    defineAgent({ name: 'a', subscribe: 'in', process: () => 'text' });
  });

  test('messages that were published may fall out of it', () => {
    const some = { name: 'a', subscribe: 'in', publish: ['x', 'y'] } as const;
    defineAgent({ ...some, process: ({ publish }) => publish('x', 1) });
    defineAgent({ ...some, process: ({ publish }) => Promise.all([publish('x', 1), publish('y', 2)]) });
  });

  test('promises made by hand', () => {
    defineAgent({ name: 'a', subscribe: 'in', process: () => new Promise((done) => setTimeout(done, 10)) });
    defineAgent({
      name: 'a',
      subscribe: 'in',
      publish: 'out',
      outputSchema: { type: 'string' },
      process: ({ nodeId }) => new Promise((done) => done(nodeId)),
    });
  });
});

describe('what is published', () => {
  test('may be read-only: it is copied', () => {
    const tags: readonly string[] = ['a'];
    defineAgent({
      name: 'a',
      subscribe: 'in',
      publish: { pages: page, notes: z.object({ tags: z.array(z.string()), at: z.tuple([z.number()]) }) },
      async process({ publish }) {
        await publish('pages', { kind: 'page', tags });
        await publish('notes', { tags, at: [1] as const });
        // @ts-expect-error `at` has one number.
        await publish('notes', { tags, at: [1, 2] as const });
      },
    });
  });

  test('may have a type that is an interface', () => {
    interface Fact {
      readonly kind: 'page';
    }
    const fact: Fact = { kind: 'page' };
    defineAgent({ name: 'a', subscribe: 'in', publish: 'out', process: () => fact });
    defineAgent({ name: 'a', subscribe: 'in', publish: 'out', outputSchema: page, process: () => fact });
  });

  test('may be recursive', () => {
    defineAgent({
      name: 'a',
      subscribe: 'in',
      publish: 'out',
      outputSchema: z.object({ anything: z.json() }),
      async process({ payload, publish }) {
        await publish('out', { anything: [1, { deep: [null] }] });
        await publish('out', { anything: payload as string });
      },
    });
  });

  test('may be a whole message, whose payload is checked', () => {
    defineAgent({
      name: 'a',
      subscribe: 'in',
      publish: 'out',
      outputSchema: { type: 'string' },
      async process({ publish }) {
        await publish('out', createMessage('me', 'text'));
        // @ts-expect-error The payload is a string.
        await publish('out', createMessage('me', 7));
      },
    });
  });

  test('names no property that the schema does not declare', () => {
    defineAgent({
      name: 'a',
      subscribe: 'in',
      publish: 'out',
      outputSchema: page,
      async process({ publish }) {
        // @ts-expect-error Misspelt.
        await publish('out', { kind: 'page', tgas: ['a'] });
      },
    });
  });
});

describe('channels', () => {
  test('JSON Schema, zod and valibot side by side, told apart by `channel`', () => {
    defineAgent({
      name: 'a',
      subscribe: {
        picks: v.object({ pick: v.picklist(['x', 'y']) }),
        lengths: z.string().transform((text) => text.length),
        texts: { type: ['string', 'null'] },
      },
      process(context) {
        switch (context.channel) {
          case 'picks':
            expectTypeOf(context.payload.pick).toEqualTypeOf<'x' | 'y'>();
            break;
          case 'lengths':
            expectTypeOf(context.payload).toEqualTypeOf<number>();
            expectTypeOf(context.message.payload).toEqualTypeOf<number>();
            break;
          case 'texts':
            expectTypeOf(context.payload).toEqualTypeOf<string | null>();
            break;
        }
      },
    });
  });

  test('narrowing survives destructuring', () => {
    defineAgent({
      name: 'a',
      subscribe: { words: { type: 'string' }, counts: { type: 'number' } },
      process({ channel, payload }) {
        if (channel === 'words') expectTypeOf(payload).toEqualTypeOf<string>();
        else expectTypeOf(payload).toEqualTypeOf<number>();
      },
    });
  });

  test('alternatives within one schema', () => {
    defineAgent({
      name: 'a',
      subscribe: 'in',
      inputSchema: {
        oneOf: [
          {
            type: 'object',
            properties: { is: { const: 'a' }, x: { type: 'number' } },
            required: ['is', 'x'],
          },
          {
            type: 'object',
            properties: { is: { const: 'b' }, y: { type: 'string' } },
            required: ['is', 'y'],
          },
        ],
      },
      process({ payload }) {
        if (payload.is === 'a') expectTypeOf(payload.x).toEqualTypeOf<number>();
        else expectTypeOf(payload.y).toEqualTypeOf<string>();
      },
    });
  });

  test('names that are known at run time only', () => {
    const names: string[] = ['x'];
    defineAgent({
      name: 'a',
      subscribe: names,
      publish: names,
      inputSchema: { type: 'number' },
      async process({ channel, payload, publish }) {
        expectTypeOf(channel).toEqualTypeOf<string>();
        expectTypeOf(payload).toEqualTypeOf<number>();
        await publish('anything', { a: 1 });
      },
    });
  });

  test('a schema for each, or one for all, and not both', () => {
    defineAgent({
      name: 'a',
      subscribe: { one: { type: 'string' } },
      // @ts-expect-error The channel has a schema of its own.
      inputSchema: { type: 'string' },
      process() {},
    });
  });

  test('a schema that is none', () => {
    // @ts-expect-error No such type.
    defineAgent({ name: 'a', subscribe: 'in', inputSchema: { type: 'strnig' }, process() {} });
  });
});

test('options may be passed on though they are undefined', () => {
  const options: { readonly concurrency?: number; readonly description?: string } = {};
  const { concurrency, description } = options;
  defineAgent({ name: 'a', subscribe: 'in', concurrency, description, process() {} });
});

describe('an agent by hand', () => {
  const numbers = { type: 'array', items: { type: 'number' } } as const;

  test('may say what its schemas say', () => {
    class Counter implements PubSubAgent {
      readonly name = 'counter';
      readonly description = '';
      readonly subscriptions: readonly string[] = ['in'];
      readonly publications: readonly string[] = ['out'];
      readonly inputSchema = numbers;
      async processMessage(
        context: AgentContext<InferOutput<typeof numbers>, 'in', { readonly out: number }>,
      ): Promise<void> {
        expectTypeOf(context.payload).toEqualTypeOf<number[]>();
        await context.publish('out', context.payload.length);
        // @ts-expect-error It has not said so.
        await context.publish('elsewhere', 1);
      }
    }
    expectTypeOf(new Counter()).toExtend<PubSubAgent>();
  });

  test('needs no `as const`: nothing is inferred from its schemas, and in a class their words are strings to the compiler', () => {
    class Reader implements PubSubAgent {
      name = 'reader';
      description = 'Reads a page';
      subscriptions = ['pages'];
      publications = ['facts'];
      inputSchema = { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] };
      outputSchema = { anyOf: [{ type: 'string' }, { enum: [1, 2] }] };
      async processMessage({ payload, publish }: AgentContext): Promise<void> {
        await publish('facts', payload);
      }
      validateInput(payload: unknown): boolean {
        return payload !== 1;
      }
      async validateOutput(payload: JsonValue): Promise<boolean> {
        return payload !== 1;
      }
    }
    expectTypeOf(new Reader()).toExtend<PubSubAgent>();
    expectTypeOf<{ inputSchema: string }>().not.toExtend<Pick<PubSubAgent, 'inputSchema'>>();
  });

  test('may be an object literal', () => {
    const sink: PubSubAgent = {
      name: 'sink',
      description: '',
      subscriptions: ['in'],
      publications: [],
      processMessage({ payload, channel }) {
        expectTypeOf(payload).toEqualTypeOf<JsonValue>();
        expectTypeOf(channel).toEqualTypeOf<string>();
      },
    };
    expectTypeOf(sink.concurrency).toEqualTypeOf<number | undefined>();
  });

  test('must have all its parts', () => {
    // @ts-expect-error It says nothing about its publications.
    const half: PubSubAgent = { name: 'a', description: '', subscriptions: [], processMessage() {} };
    void half;
  });
});
