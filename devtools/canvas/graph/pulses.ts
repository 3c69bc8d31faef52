import type { CanvasTheme } from '../../canvas-contract.js';
import { pointOn } from '../../layout/edge-path.js';
import type { Pen } from '../pen.js';
import type { GraphModel } from './graph-model.js';
import type { GraphEdge } from './graph-parts.js';

const TRAVEL = 900;
/** What was published arrives when the pulse on the way to the channel has. */
const ARRIVAL = 520;
/** At most one pulse in this time on an edge, however many messages. */
const SPACING = 170;
const MOST = 500;

interface Pulse {
  readonly edge: GraphEdge;
  readonly start: number;
}

/** Pulses that travel along edges when something is published, and fade on their way. */
export class Pulses {
  #pulses: Pulse[] = [];
  readonly #published = new Map<string, number>();
  readonly #lastOn = new Map<string, number>();

  /** Notes what was published since the last look; starts pulses unless `quiet`. */
  note(model: GraphModel, sourceNow: number, now: number, quiet: boolean): void {
    const busy = new Set<string>();
    for (const { id, channel } of model.nodes.values()) {
      if (!channel) continue;
      const before = this.#published.get(id);
      this.#published.set(id, channel.published);
      if (before !== undefined && channel.published > before) busy.add(id);
    }
    if (quiet || busy.size === 0) return;
    for (const edge of model.edges) {
      if (!busy.has(edge.channel.id)) continue;
      const incoming = edge.to === edge.channel;
      if (incoming && !mayHavePublished(edge, sourceNow)) continue;
      this.#start(edge, incoming ? now : now + ARRIVAL, now);
    }
  }

  clear(): void {
    this.#pulses = [];
    this.#published.clear();
    this.#lastOn.clear();
  }

  /** Draws those that are on their way. True while there are any. */
  draw(pen: Pen, theme: CanvasTheme, now: number, shown: (edge: GraphEdge) => number): boolean {
    this.#pulses = this.#pulses.filter(({ start }) => now < start + TRAVEL);
    pen.fillStyle = theme.accent;
    for (const { edge, start } of this.#pulses) {
      const part = (now - start) / TRAVEL;
      if (part < 0) continue;
      const { x, y } = pointOn(edge.path, part);
      const strength = (1 - part * 0.75) * shown(edge);
      const radius = 2.4 + edge.width * 0.32;
      pen.globalAlpha = strength * 0.22;
      dot(pen, x, y, radius * 2.1);
      pen.globalAlpha = strength;
      dot(pen, x, y, radius);
    }
    pen.globalAlpha = 1;
    return this.#pulses.length > 0;
  }

  #start(edge: GraphEdge, at: number, now: number): void {
    if (now - (this.#lastOn.get(edge.id) ?? Number.NEGATIVE_INFINITY) < SPACING) return;
    if (this.#pulses.length >= MOST) return;
    this.#lastOn.set(edge.id, now);
    this.#pulses.push({ edge, start: at });
  }
}

function mayHavePublished({ from }: GraphEdge, sourceNow: number): boolean {
  return from.kind === 'app' || (from.agent !== undefined && sourceNow - from.agent.activeAt < 1500);
}

function dot(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fill();
}
