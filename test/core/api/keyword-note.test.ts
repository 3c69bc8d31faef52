import { PubSubExecutor } from 'dagger-agents';
import { expect, test } from 'vitest';
import { asSchema } from '../schema/keyword-table.js';

/** What the logger hears when agents with these schemas are registered. */
async function heardOf(...schemas: object[]): Promise<string[]> {
  const warnings: string[] = [];
  const executor = await PubSubExecutor.open({ logger: { warn: (message) => warnings.push(message) } });
  schemas.forEach((schema, index) => {
    executor.registerAgent({
      name: `reader${index}`,
      description: '',
      subscriptions: ['pages'],
      publications: [],
      // As a program without types would write it.
      inputSchema: asSchema(schema),
      processMessage: async () => {},
    });
  });
  await executor.close();
  return warnings;
}

test('a keyword that is none is told to the logger, with its place and the keyword that was meant', async () => {
  const page = { type: 'object', properties: { url: { type: 'string', minLenght: 1 } }, requird: ['url'] };
  expect(await heardOf(page)).toStrictEqual([
    'agent "reader0", input schema: schema/requird is no keyword of JSON Schema, so it checks nothing; did you mean "required"?',
    'agent "reader0", input schema: schema/properties/url/minLenght is no keyword of JSON Schema, so it checks nothing; did you mean "minLength"?',
  ]);
});

test.each([
  ['additional_properties', 'additionalProperties'],
  ['Properties', 'properties'],
  ['item', 'items'],
  ['enums', 'enum'],
  ['cosnt', 'const'],
  ['anyof', 'anyOf'],
  ['defs', '$defs'],
])('%s is told as %s', async (slip, meant) => {
  const [warning] = await heardOf({ [slip]: {} });
  expect(warning).toContain(`schema/${slip} is no keyword`);
  expect(warning).toContain(`did you mean "${meant}"?`);
});

test('annotations, keywords of either draft and the names of properties are no slips', async () => {
  const annotations = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $comment: 'c',
    title: 't',
    description: 'd',
    default: {},
    examples: [],
    deprecated: false,
    readOnly: true,
    contentEncoding: 'base64',
    contentMediaType: 'text/plain',
    note: 'a note is no not',
    'x-order': 1,
    additionalItems: false,
    const: { requird: 1 },
    properties: { requird: { type: 'string' }, minLenght: true },
  };
  const older = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    prefixItems: [],
    dependentRequired: {},
  };
  expect(await heardOf(annotations, older)).toStrictEqual([]);
});

test('at most ten are told, and a schema that several agents share is told once', async () => {
  const shared = { requird: [] };
  expect(await heardOf(shared, shared)).toHaveLength(1);
  const own = Array.from({ length: 20 }, () => ({ requird: [] }));
  expect(await heardOf(...own)).toHaveLength(10);
});
