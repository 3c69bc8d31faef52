import type { AgentSpec, Payload } from './workloads.js';

/** A library, or a hand-written loop, that can run the workloads. */
export interface Contender {
  /** How it is named in tables and after `--peers`. */
  readonly name: string;
  /** What it does and does not do, beside the figures. */
  readonly note: string;
  /** Builds the agents; nothing is sent yet. */
  open(agents: readonly AgentSpec[], purpose: Purpose): Promise<Session>;
}

/** What a session will be used for, where a contender must choose its shape by it. */
export interface Purpose {
  /** The workload's name: graph-shaped libraries have to be told where a path ends. */
  readonly workload: string;
  /** What payloads are checked against; the workloads' own schema by default. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** How many listeners watch everything that happens, where the contender has such; none by default. */
  readonly listeners?: number;
  /** How many hops must stay recorded, where the contender forgets old ones. */
  readonly recordedHops?: number;
  /** A folder for contenders that store, removed afterwards; absent where nothing is stored. */
  readonly directory?: string;
  /** Ports of the servers that the runner started, by name. */
  readonly ports?: Readonly<Record<string, number>>;
}

export interface Session {
  /** Publishes a source message. A rejection ends the measurement with an error. */
  send(channel: string, payload: Payload): unknown;
  /** Resolves when all that was sent is as safe as the contender promises; waited for inside the measured time. */
  settle?(): Promise<void>;
  close(): Promise<void>;
}
