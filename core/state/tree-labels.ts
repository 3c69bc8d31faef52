import type { Session } from './session.js';

/**
 * A name that many nodes of the tree share, stored once: columns hold its index. Its owner (a channel, a mailbox, a
 * run) keeps the label, so that adding a node looks nothing up. `index` is -1 while no node uses it.
 */
export interface TreeLabel {
  readonly agent: string;
  readonly channel: string;
  index: number;
}

export function treeLabel(agent: string, channel: string): TreeLabel {
  return { agent, channel, index: -1 };
}

/** Which run and which session a node belongs to; shared like a label. */
export interface TreeScope {
  readonly run: string | undefined;
  readonly session: Session;
  index: number;
}

export function treeScope(run: string | undefined, session: Session): TreeScope {
  return { run, session, index: -1 };
}

/** The labels in use, by index. Names that no node uses any more are swept out, so that it cannot grow for ever. */
export class LabelTable<Label extends { index: number }> {
  private labels: Label[] = [];
  /** Sweeping is worth its walk over all nodes only when the table has doubled since the last one. */
  private sweepAt = 1024;

  get(index: number): Label | undefined {
    return this.labels[index];
  }

  indexOf(label: Label): number {
    if (label.index < 0) {
      label.index = this.labels.length;
      this.labels.push(label);
    }
    return label.index;
  }

  get wantsSweep(): boolean {
    return this.labels.length >= this.sweepAt;
  }

  /** Keeps the labels whose numbers `renumber` asks for anew: those of the rows that are kept. */
  sweep(renumber: (numberOf: (index: number) => number) => void): void {
    const before = this.labels;
    this.labels = [];
    for (const label of before) label.index = -1;
    renumber((index) => {
      const label = before[index];
      return label ? this.indexOf(label) : index;
    });
    this.sweepAt = Math.max(1024, this.labels.length * 2);
  }
}
