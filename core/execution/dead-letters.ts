import { describe, PubSubError } from '../errors.js';
import { requireId } from '../identifiers.js';
import type { AgentDirectory } from './agent-directory.js';
import type { Recorder } from './recorder.js';
import type { RunManager } from './run-manager.js';

/** Messages that an agent has given up on: they stay in the tree, and can be delivered once more. */
export class DeadLetters {
  readonly #recorder: Recorder;
  readonly #directory: AgentDirectory;
  readonly #runs: RunManager;

  constructor(recorder: Recorder, directory: AgentDirectory, runs: RunManager) {
    this.#recorder = recorder;
    this.#directory = directory;
    this.#runs = runs;
  }

  retry(nodeId: string): void {
    requireId(nodeId, 'nodeId');
    const node = this.#recorder.state.tree.findDeadLetter(nodeId);
    if (!node)
      throw new PubSubError('EXECUTION_ERROR', `no dead letter ${describe(nodeId)}`, { details: { nodeId } });
    const { number, agent, deadLetter: message } = node;
    const runner = this.#directory.runner(agent);
    if (!runner)
      throw new PubSubError('AGENT_NOT_FOUND', `no agent "${agent}"`, { details: { name: agent } });
    const mailbox = this.#recorder.state.channels.get(node.channel)?.mailboxes.get(agent);
    if (!mailbox?.subscribed) {
      throw new PubSubError(
        'CHANNEL_NOT_FOUND',
        `agent "${agent}" does not listen to channel ${describe(node.channel)} any more`,
        { details: { agent, channel: node.channel } },
      );
    }
    const run = this.#runs.current;
    const owner = run ? { run: run.id } : {};
    this.#recorder.record({ type: 'delivery.redelivered', node: number, message, to: agent, ...owner });
    runner.mailArrived();
  }
}
