import type { JsonValue } from '../json.js';

export type TaskStatus = 'pending' | 'in-progress' | 'completed' | 'failed';

export const TASK_STATUSES = ['pending', 'in-progress', 'completed', 'failed'] as const;

/** A unit of work. Plain JSON; a change makes a new object. */
export interface Task {
  readonly taskId: string;
  readonly taskType: string;
  readonly status: TaskStatus;
  /** How often it was claimed. */
  readonly attempts: number;
  /** After this many failed attempts it is failed. */
  readonly maxAttempts: number;
  readonly data: JsonValue;
  /** Name of the agent that has it, or had it last. */
  readonly claimedBy?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}
