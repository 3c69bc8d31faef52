import type { PayloadGate } from './payload-gate.js';

/** The gates of one side of an agent, by channel. Most agents have one at most, and need no map for it. */
export class PayloadGates {
  /** The gate, where there is just one. */
  readonly only: PayloadGate | undefined;
  private readonly byChannel: ReadonlyMap<string, PayloadGate> | undefined;

  constructor(gates: readonly PayloadGate[]) {
    this.only = gates.length === 1 ? gates[0] : undefined;
    this.byChannel = gates.length > 1 ? new Map(gates.map((gate) => [gate.channel, gate])) : undefined;
  }

  get(channel: string): PayloadGate | undefined {
    if (this.only?.channel === channel) return this.only;
    return this.byChannel?.get(channel);
  }

  /** Whether at least one of them passes the test. */
  some(test: (gate: PayloadGate) => boolean): boolean {
    if (this.only !== undefined) return test(this.only);
    for (const gate of this.byChannel?.values() ?? []) if (test(gate)) return true;
    return false;
  }
}
