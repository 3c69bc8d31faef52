import {
  type AgentContext,
  defineAgent,
  type JsonValue,
  type Message,
  type PubSubAgent,
  PubSubError,
} from 'dagger-agents';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

describe('payloads follow from JSON Schema literals, without `as const`', () => {
  test('properties, optional ones, arrays and enums', () => {
    defineAgent({
      name: 'reader',
      subscribe: 'pages',
      inputSchema: {
        type: 'object',
        properties: {
          url: { type: 'string' },
          depth: { type: 'integer' },
          tags: { type: 'array', items: { type: 'string' } },
          kind: { enum: ['page', 'file'] },
        },
        required: ['url', 'kind', 'tags'],
        additionalProperties: false,
      },
      process({ payload, channel }) {
        expectTypeOf(payload.url).toEqualTypeOf<string>();
        expectTypeOf(payload.depth).toEqualTypeOf<number | undefined>();
        expectTypeOf(payload.tags).toEqualTypeOf<string[]>();
        expectTypeOf(payload.kind).toEqualTypeOf<'page' | 'file'>();
        expectTypeOf(channel).toEqualTypeOf<'pages'>();
        // @ts-expect-error The schema knows no such property.
        void payload.title;
      },
    });
  });

  test('a schema that is no object', () => {
    defineAgent({
      name: 'counter',
      subscribe: 'numbers',
      inputSchema: { type: 'number' },
      process({ payload }) {
        expectTypeOf(payload).toEqualTypeOf<number>();
      },
    });
  });

  test('no schema: any JSON, and nothing looser', () => {
    defineAgent({
      name: 'log',
      subscribe: 'anything',
      process({ payload, message }) {
        expectTypeOf(payload).toEqualTypeOf<JsonValue>();
        expectTypeOf(message.id).toEqualTypeOf<string>();
      },
    });
  });
});

describe('payloads follow from Standard Schemas', () => {
  test('zod: what its parser gives', () => {
    defineAgent({
      name: 'zod-reader',
      subscribe: 'pages',
      inputSchema: z.object({ url: z.string(), depth: z.number().default(1) }),
      process({ payload }) {
        expectTypeOf(payload).toEqualTypeOf<{ url: string; depth: number }>();
      },
    });
  });

  test('zod: what a publisher must hand in', () => {
    defineAgent({
      name: 'zod-writer',
      subscribe: 'pages',
      publish: 'facts',
      outputSchema: z.object({ text: z.string(), weight: z.number().default(1) }),
      async process({ publish }) {
        await publish('facts', { text: 'a fact' });
        // @ts-expect-error `text` is a string.
        await publish('facts', { text: 1 });
      },
    });
  });

  test('valibot', () => {
    defineAgent({
      name: 'valibot-reader',
      subscribe: 'pages',
      inputSchema: v.object({ url: v.string() }),
      process({ payload }) {
        expectTypeOf(payload).toEqualTypeOf<{ url: string }>();
      },
    });
  });
});

describe('channels', () => {
  test('several, each with its schema: `channel` narrows `payload`', () => {
    defineAgent({
      name: 'merger',
      subscribe: {
        words: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
        counts: z.object({ count: z.number() }),
      },
      process(context) {
        expectTypeOf(context.channel).toEqualTypeOf<'words' | 'counts'>();
        if (context.channel === 'words') expectTypeOf(context.payload.word).toEqualTypeOf<string>();
        else expectTypeOf(context.payload.count).toEqualTypeOf<number>();
        // @ts-expect-error Which of both it is has not been asked.
        void context.payload.word;
      },
    });
  });

  test('several with one schema', () => {
    defineAgent({
      name: 'listener',
      subscribe: ['north', 'south'],
      inputSchema: { type: 'string' },
      process({ channel, payload }) {
        expectTypeOf(channel).toEqualTypeOf<'north' | 'south'>();
        expectTypeOf(payload).toEqualTypeOf<string>();
      },
    });
  });

  test('a channel that was not declared is an error', () => {
    defineAgent({
      name: 'careful',
      subscribe: 'in',
      publish: ['out'],
      outputSchema: { type: 'string' },
      async process({ publish }) {
        expectTypeOf(await publish('out', 'text')).toEqualTypeOf<Message>();
        // @ts-expect-error `elsewhere` is not among its publications.
        await publish('elsewhere', 'text');
        // @ts-expect-error The payload is a string.
        await publish('out', 7);
      },
    });
  });

  test('publications with a schema each', () => {
    defineAgent({
      name: 'sorter',
      subscribe: 'in',
      publish: { odd: { type: 'integer' }, names: z.string() },
      async process({ publish }) {
        await publish('odd', 3);
        await publish('names', 'three');
        // @ts-expect-error Names are strings.
        await publish('names', 3);
      },
    });
  });

  test('an agent that declares no publication cannot publish', () => {
    defineAgent({
      name: 'sink',
      subscribe: 'in',
      async process({ publish }) {
        // @ts-expect-error There is nothing that it may publish to.
        await publish('out', 1);
      },
    });
  });
});

describe('what process returns', () => {
  test('goes to the only publication, and is checked', () => {
    defineAgent({
      name: 'shout',
      subscribe: 'words',
      publish: 'loud',
      outputSchema: { type: 'string' },
      process: () => 'LOUD',
    });
    defineAgent({
      name: 'shout',
      subscribe: 'words',
      publish: 'loud',
      outputSchema: { type: 'string' },
      // @ts-expect-error `loud` takes strings.
      process: () => 7,
    });
  });

  test('may be many, from a generator', () => {
    defineAgent({
      name: 'split',
      subscribe: 'text',
      publish: 'words',
      inputSchema: { type: 'string' },
      outputSchema: { type: 'string' },
      async *process({ payload }) {
        yield* payload.split(' ');
      },
    });
  });
});

test('what defineAgent gives can be registered, whatever its types', () => {
  const agent = defineAgent({ name: 'any', subscribe: 'in', process() {} });
  expectTypeOf(agent).toEqualTypeOf<PubSubAgent>();
});

test('an agent by hand', () => {
  class Echo implements PubSubAgent {
    readonly name = 'echo';
    readonly description = 'Says it again';
    readonly subscriptions: readonly string[] = ['in'];
    readonly publications: readonly string[] = ['out'];
    readonly inputSchema = { type: 'string' } as const;
    readonly outputSchema = { type: 'string' } as const;
    async processMessage({ payload, publish }: AgentContext): Promise<void> {
      expectTypeOf(payload).toEqualTypeOf<JsonValue>();
      await publish('out', payload);
    }
  }
  expectTypeOf(new Echo()).toExtend<PubSubAgent>();
});

test('errors carry one of the known codes', () => {
  const error = new PubSubError('CANCELLED', 'stopped');
  expectTypeOf(error.code).toExtend<string>();
  // @ts-expect-error No such code.
  void new PubSubError('NO_SUCH_CODE', 'x');
});

describe('an answer follows from the schema of its question', () => {
  test('a literal, a list, or any JSON', () => {
    defineAgent({
      name: 'clerk',
      subscribe: 'requests',
      async process({ human }) {
        const yes = await human.ask({ question: 'Send it?', schema: { type: 'boolean' }, default: false });
        expectTypeOf(yes.answer).toEqualTypeOf<boolean>();
        expectTypeOf(yes.source).toEqualTypeOf<'human' | 'autopilot'>();
        const list = await human.ask({
          question: 'Which?',
          schema: { type: 'array', items: { enum: ['one', 'two'] } },
          default: ['one'] as const,
        });
        expectTypeOf(list.answer).toEqualTypeOf<('one' | 'two')[]>();
        const anything = await human.ask({ question: 'Well?' });
        expectTypeOf(anything.answer).toEqualTypeOf<JsonValue>();
      },
    });
  });

  test('a schema that came as data tells nothing', () => {
    defineAgent({
      name: 'forwarder',
      subscribe: 'questions',
      async process({ payload, human }) {
        const { answer } = await human.ask({ question: 'Well?', schema: payload });
        expectTypeOf(answer).toEqualTypeOf<JsonValue>();
        const schema: Record<string, unknown> = { type: 'string' };
        const wide = await human.ask({ question: 'Well?', schema });
        expectTypeOf(wide.answer).toEqualTypeOf<JsonValue>();
      },
    });
  });
});
