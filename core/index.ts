export type {
  AgentContext,
  AgentFactory,
  AgentSchema,
  AnswerTo,
  HumanAnswer,
  HumanGate,
  HumanQuestion,
  PublishOptions,
  PubSubAgent,
  TokenMeter,
} from './agents/agent.js';
export { ChannelSchemas } from './agents/agent.js';
export type { AgentMetadata, ListedAgent } from './agents/agent-metadata.js';
export { AgentRegistry, globalRegistry } from './agents/agent-registry.js';
export type { AgentDefinition } from './agents/define-agent.js';
export { defineAgent } from './agents/define-agent.js';
export type { HumanInterruptOptions } from './agents/human-interrupt-agent.js';
export { humanInterruptAgent } from './agents/human-interrupt-agent.js';
export type { InferInput, InferOutput } from './agents/schema-types.js';
export type { HumanTimeoutAction, PubSubConfig, ResolvedConfig, RetryStrategy } from './config.js';
export type { ErrorDetails, ErrorRecord, PubSubErrorCode } from './errors.js';
export { ERROR_CODES, PubSubError } from './errors.js';
export type { ApplicationPublishOptions } from './execution/application-publisher.js';
export { PubSubExecutor } from './execution/executor.js';
export type {
  ChannelOptions,
  Durability,
  OpenOptions,
  RetentionOptions,
  RunOptions,
  RunSpec,
  UndeliveredMail,
} from './execution/executor-options.js';
export { PubSubFollower } from './execution/follower.js';
export type { Humans } from './execution/human-desk.js';
export type { EventListener } from './execution/listeners.js';
export type { Logger } from './execution/logger.js';
export type { NodeExecutionOutcome, PubSubExecutionReport } from './execution/report.js';
export type { RunHandle } from './execution/run-handle.js';
export type { RunSummary } from './execution/run-history.js';
export { generateNodeId } from './identifiers.js';
export type { JsonObject, JsonValue } from './json.js';
export type { ChannelStatus, OverflowPolicy } from './messaging/channel.js';
export type { Message } from './messaging/message.js';
export { createMessage, createTaskMessage } from './messaging/message.js';
export type { FollowableStorage, FollowedNamespace, OpenWhenFreeOptions } from './persistence/follow.js';
export { isFollowable } from './persistence/follow.js';
export type { RepairOptions, StateRepair } from './persistence/repair.js';
export type {
  OpenNamespaceOptions,
  RepairReport,
  StorageAdapter,
  StorageCapabilities,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
  TornTail,
} from './persistence/storage-adapter.js';
export type { Runtime } from './runtime.js';
export { systemRuntime } from './runtime.js';
export type { AnySchema, CompiledSchema, SchemaIssue, SchemaValidator } from './schema/schema-validator.js';
export { ajvValidator, evalFreeValidator } from './schema/validators.js';
export type { InputReference } from './state/cache.js';
export {
  Cache,
  loadCacheFromJson,
  parseInputFromName,
  serializeCacheToJson,
  serializeCacheToPrettyJson,
} from './state/cache.js';
export type { TreeView as ExecutionTree } from './state/execution-tree.js';
export { applyEvent, fold } from './state/fold.js';
export type { HumanRequest } from './state/human-request.js';
export type { NewEvent, RunEvent } from './state/run-event.js';
export type { RunCounts, RunKind, RunStatus } from './state/run-record.js';
export type { RunState } from './state/run-state.js';
export type { Task, TaskStatus } from './state/task.js';
export type { TaskInput, TaskManager, TaskReference } from './state/task-manager.js';
export { serializeTreeToDot } from './state/tree-dot.js';
export type {
  DeadLetterNode,
  InvocationNode,
  InvocationStatus,
  PublishNode,
  PublishStatus,
  TreeEdge,
  TreeNode,
} from './state/tree-node.js';
