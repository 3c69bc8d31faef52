export type { TestRuntime, TestRuntimeOptions } from './test-runtime.js';
export { createTestRuntime } from './test-runtime.js';
