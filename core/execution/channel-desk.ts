import { requireUnreserved } from '../agents/check-agent.js';
import { type ResolvedConfig, requireOptions } from '../config.js';
import { describe, invalid, PubSubError } from '../errors.js';
import { isoTime, requireName } from '../identifiers.js';
import type { ChannelStatus } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from '../state/delivery.js';
import type { AgentDirectory } from './agent-directory.js';
import { type ChannelOptions, resolveChannelOptions, type UndeliveredMail } from './executor-options.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';
import type { RunManager } from './run-manager.js';

/** Opens, lists and closes channels. */
export class ChannelDesk {
  readonly #recorder: Recorder;
  readonly #router: Router;
  readonly #directory: AgentDirectory;
  readonly #runs: RunManager;
  readonly #config: ResolvedConfig;

  constructor(
    recorder: Recorder,
    router: Router,
    directory: AgentDirectory,
    runs: RunManager,
    config: ResolvedConfig,
  ) {
    this.#recorder = recorder;
    this.#router = router;
    this.#directory = directory;
    this.#runs = runs;
    this.#config = config;
  }

  open(name: string, options: ChannelOptions): ChannelStatus {
    requireUnreserved(name, 'channel');
    const present = this.#recorder.state.channels.get(name);
    const defaults = { capacity: this.#config.maxMessages, overflow: 'drop-oldest', retain: 0 } as const;
    const resolved = resolveChannelOptions(options, present ?? defaults);
    this.#recorder.record({ type: 'channel.opened', channel: name, ...resolved });
    this.#router.channelOpened(name);
    this.#router.roomMadeAnywhere();
    return this.#status(name);
  }

  list(): ChannelStatus[] {
    return [...this.#recorder.state.channels.keys()].map((name) => this.#status(name));
  }

  shutdown(name: string, options: { readonly force?: boolean | undefined }): void {
    requireName(name, 'channel');
    requireOptions(options, 'options', ['force']);
    const { force = false } = options;
    if (typeof force !== 'boolean') throw invalid('options.force', 'a boolean', force);
    const channel = this.#recorder.state.channels.get(name);
    if (!channel) throw noChannel(name);
    if (channel.subscribers.length > 0 && !force) {
      const agents = channel.subscribers.map(({ agent }) => agent);
      throw new PubSubError('CHANNEL_IN_USE', `channel "${name}" has subscribers: ${agents.join(', ')}`, {
        details: { channel: name, agents },
      });
    }
    this.#recorder.record({ type: 'channel.closed', channel: name });
    this.#directory.detach(name);
    const closed = new PubSubError('CHANNEL_NOT_FOUND', `channel "${name}" was shut down`, {
      details: { channel: name },
    });
    this.#router.refuseWaiters(closed, (waitsFor) => waitsFor === name);
    for (const { record } of this.#runs.running) this.#runs.check(record);
  }

  undelivered(): UndeliveredMail[] {
    const found = new Map<Mailbox<Delivery>, UndeliveredMail & { count: number }>();
    // Not only what lies in a mailbox: when its agent went between two runs, some may be waiting for its retry.
    for (const { mailbox, status, publication } of this.#recorder.state.unfinished) {
      if (mailbox.subscribed || mailbox.closed || status === 'running') continue;
      const { agent, channel } = mailbox;
      const known = found.get(mailbox);
      if (known) known.count++;
      else found.set(mailbox, { agent, channel, count: 1, oldest: publication.payload });
    }
    return [...found.values()];
  }

  #status(name: string): ChannelStatus {
    const channel = this.#recorder.state.channels.get(name);
    if (!channel) throw noChannel(name);
    let messageCount = 0;
    for (const { length } of channel.mailboxes.values()) messageCount = Math.max(messageCount, length);
    return {
      name,
      subscriberCount: channel.subscribers.length,
      messageCount,
      droppedCount: channel.droppedCount,
      createdAt: isoTime(channel.createdAt),
      isActive: true,
    };
  }
}

function noChannel(name: string): PubSubError {
  return new PubSubError('CHANNEL_NOT_FOUND', `no channel ${describe(name)}`, { details: { channel: name } });
}
