import {
  type LayoutEdge,
  type LayoutNode,
  layeredLayout,
  layersBetween,
  type Place,
  WAYPOINT_EXTENT,
  waypointId,
} from './layered.js';
import { nearestFree, type Taken } from './spacing.js';

export interface PlacementOptions {
  /** Room between two nodes of a layer. */
  readonly gap: number;
}

/**
 * Places that last. Nodes that were placed stay where they are; new ones take the free place nearest to their
 * neighbours, and what leaves frees its place. Only when the graph has outgrown its last full layout (more came since
 * than there were) is everything placed afresh: that happens at 4, 8, 16 … nodes, while an application starts.
 */
export class Placement {
  readonly #gap: number;
  #places = new Map<string, Place>();
  #extents = new Map<string, number>();
  #sizeAtLayout = 0;
  #added = 0;

  constructor({ gap }: PlacementOptions) {
    this.#gap = gap;
  }

  place(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** Centres of the waypoints of an edge, from its start to its end. */
  waypoints(edge: LayoutEdge): Place[] {
    const [from, to] = [this.#places.get(edge.from), this.#places.get(edge.to)];
    if (!from || !to) return [];
    return layersBetween(from.layer, to.layer).flatMap(
      (layer) => this.#places.get(waypointId(edge, layer)) ?? [],
    );
  }

  /** Takes the graph as it is now. True when everything was placed afresh. */
  update(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): boolean {
    const fresh = nodes.filter(({ id }) => !this.#places.has(id));
    if (this.#added + fresh.length > Math.max(3, this.#sizeAtLayout)) {
      this.layout(nodes, edges);
      return true;
    }
    this.#added += fresh.length;
    this.#forget(nodes, edges);
    for (const { id, extent } of fresh)
      this.#add(id, this.#layerFor(id, edges), this.#wish(id, edges), extent);
    for (const edge of edges) this.#addWaypoints(edge);
    return false;
  }

  /** Places everything afresh. */
  layout(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): void {
    this.#places = layeredLayout(nodes, edges, this.#gap);
    this.#extents = new Map(nodes.map(({ id, extent }) => [id, extent]));
    this.#sizeAtLayout = nodes.length;
    this.#added = 0;
  }

  #forget(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): void {
    const kept = new Set(nodes.map(({ id }) => id));
    for (const edge of edges) {
      const [from, to] = [this.#places.get(edge.from), this.#places.get(edge.to)];
      if (!from || !to) continue;
      for (const layer of layersBetween(from.layer, to.layer)) kept.add(waypointId(edge, layer));
    }
    for (const id of this.#places.keys()) if (!kept.has(id)) this.#places.delete(id);
  }

  #add(id: string, layer: number, wish: number, extent: number): void {
    const taken: Taken[] = [];
    for (const [other, place] of this.#places) {
      if (place.layer !== layer) continue;
      taken.push({ centre: place.across, extent: this.#extents.get(other) ?? WAYPOINT_EXTENT });
    }
    this.#places.set(id, { layer, across: nearestFree(taken, wish, extent, this.#gap) });
    this.#extents.set(id, extent);
  }

  /** One after its latest predecessor, else one before its first successor. */
  #layerFor(id: string, edges: readonly LayoutEdge[]): number {
    let after = -1;
    let before = Number.POSITIVE_INFINITY;
    for (const { from, to } of edges) {
      if (to === id) after = Math.max(after, this.#places.get(from)?.layer ?? -1);
      if (from === id) before = Math.min(before, this.#places.get(to)?.layer ?? Number.POSITIVE_INFINITY);
    }
    if (after >= 0) return after + 1;
    return Number.isFinite(before) ? before - 1 : 0;
  }

  #wish(id: string, edges: readonly LayoutEdge[]): number {
    const around: number[] = [];
    for (const { from, to } of edges) {
      const other = from === id ? to : to === id ? from : undefined;
      const place = other === undefined ? undefined : this.#places.get(other);
      if (place) around.push(place.across);
    }
    if (around.length > 0) return around.reduce((sum, across) => sum + across, 0) / around.length;
    // Alone: below everything.
    return [...this.#places.values()].reduce((lowest, { across }) => Math.max(lowest, across), 0);
  }

  #addWaypoints(edge: LayoutEdge): void {
    const [from, to] = [this.#places.get(edge.from), this.#places.get(edge.to)];
    if (!from || !to) return;
    for (const layer of layersBetween(from.layer, to.layer)) {
      const id = waypointId(edge, layer);
      if (this.#places.has(id)) continue;
      const part = (layer - from.layer) / (to.layer - from.layer);
      this.#add(id, layer, from.across + (to.across - from.across) * part, WAYPOINT_EXTENT);
      this.#extents.delete(id);
    }
  }
}
