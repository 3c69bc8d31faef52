import type {
  AgentDefinition,
  ApplicationPublishOptions,
  ChannelOptions,
  HumanInterruptOptions,
  HumanQuestion,
  OpenNamespaceOptions,
  OpenOptions,
  OpenWhenFreeOptions,
  PublishOptions,
  PubSubAgent,
  PubSubConfig,
  PubSubError,
  PubSubExecutor,
  RepairOptions,
  RetentionOptions,
  RunOptions,
  TaskInput,
} from 'dagger-agents';
import type { DaggerDevtoolsProps, DevtoolsOptions } from 'dagger-agents/devtools';
import type { InspectorOptions, WatchOptions } from 'dagger-agents/inspector';
import type { openStorage } from 'dagger-agents/storage';
import type { FileSystemStorageOptions } from 'dagger-agents/storage/filesystem';
import type { IndexedDbOptions } from 'dagger-agents/storage/indexeddb';
import type { KeyValueStorageOptions } from 'dagger-agents/storage/key-value';
import type { TestRuntimeOptions } from 'dagger-agents/testing';
import type { StorageFixture } from 'dagger-agents/testing/storage';
import { expectTypeOf, test } from 'vitest';

/** Members that can be left out; a method of a type that is implemented is no option. */
type OptionalNames<Options> = {
  [Name in keyof Options]-?: object extends Pick<Options, Name> ? Name : never;
}[keyof Options];

/** True when each of them may also be given as undefined, which `exactOptionalPropertyTypes` tells apart. */
type TakesUndefined<Options> =
  { [Name in OptionalNames<Options>]: undefined } extends Pick<Options, OptionalNames<Options>>
    ? true
    : false;

test('an option that is left out may be given as undefined', () => {
  expectTypeOf<TakesUndefined<OpenOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<NonNullable<OpenOptions['logger']>>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<PubSubConfig>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<RetentionOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<RunOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<ChannelOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<ApplicationPublishOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<PublishOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<TaskInput>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<HumanQuestion>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<HumanInterruptOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<AgentDefinition<'in', 'out', object, object>>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<Omit<PubSubAgent, `validate${string}`>>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<RepairOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<ConstructorParameters<typeof PubSubError>[2] & object>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<Parameters<PubSubExecutor['stop']>[0] & object>>().toEqualTypeOf<true>();
  expectTypeOf<
    TakesUndefined<Parameters<PubSubExecutor['shutdownChannel']>[1] & object>
  >().toEqualTypeOf<true>();
});

test('the same for stores, the panel, the inspector and the tests', () => {
  expectTypeOf<TakesUndefined<OpenNamespaceOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<OpenWhenFreeOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<FileSystemStorageOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<IndexedDbOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<KeyValueStorageOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<Parameters<typeof openStorage>[1] & object>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<StorageFixture>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<DevtoolsOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<DaggerDevtoolsProps>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<InspectorOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<InspectorOptions['limits'] & object>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<WatchOptions>>().toEqualTypeOf<true>();
  expectTypeOf<TakesUndefined<TestRuntimeOptions>>().toEqualTypeOf<true>();
});
