import type { PatternNode } from './pattern-syntax.js';

/**
 * The position automaton (Glushkov's) of a pattern: a state per character set, an edge where one character may follow
 * another. An edge that comes about in two ways, as `a→a` does in `(a+)+`, is kept as such: a backtracking
 * engine tries both.
 */
export interface PatternAutomaton {
  /** The source of each state's character set. */
  readonly sets: readonly string[];
  /** Per state, the states that may follow, with the number of ways (1, or 2 for "more than one"). */
  readonly follow: readonly ReadonlyMap<number, number>[];
  /** States that may consume the first character. */
  readonly first: readonly number[];
}

/** Repetitions are written out up to this many states; longer ones count as endless. */
const MAX_WRITTEN_OUT = 200;
/** A repeated body that itself varies in length is written out this often: 3 × 3 ways are no danger, 14 ^ 14 are. */
const MAX_VARYING = 3;

interface Fragment {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

export function buildAutomaton(root: PatternNode): PatternAutomaton {
  const sets: string[] = [];
  const follow: Map<number, number>[] = [];

  const connect = (from: readonly number[], to: readonly number[]): void => {
    for (const source of from) {
      const edges = follow[source];
      for (const target of to) edges?.set(target, Math.min(2, (edges.get(target) ?? 0) + 1));
    }
  };

  const sequence = (left: Fragment, right: Fragment): Fragment => {
    connect(left.last, right.first);
    return {
      nullable: left.nullable && right.nullable,
      first: left.nullable ? [...left.first, ...right.first] : left.first,
      last: right.nullable ? [...left.last, ...right.last] : right.last,
    };
  };

  const build = (node: PatternNode): Fragment => {
    switch (node.kind) {
      case 'empty':
        return NOTHING;
      case 'set': {
        const state = sets.push(node.source) - 1;
        follow.push(new Map());
        return { nullable: false, first: [state], last: [state] };
      }
      case 'sequence':
        return node.parts.map(build).reduce(sequence, NOTHING);
      case 'choice': {
        const parts = node.parts.map(build);
        return {
          nullable: parts.some((part) => part.nullable),
          first: parts.flatMap((part) => part.first),
          last: parts.flatMap((part) => part.last),
        };
      }
      case 'repeat':
        return repeat(node.body, node.min, node.max);
    }
  };

  const repeat = (body: PatternNode, min: number, max: number): Fragment => {
    if (!isWrittenOut(body, max, sizeOf(body))) {
      const part = build(body);
      connect(part.last, part.first);
      return { ...part, nullable: part.nullable || min === 0 };
    }
    let whole = NOTHING;
    for (let copy = 0; copy < max; copy++) {
      const part = build(body);
      whole = sequence(whole, copy < min ? part : { ...part, nullable: true });
    }
    return whole;
  };

  return { first: build(root).first, sets, follow };
}

const NOTHING: Fragment = { nullable: true, first: [], last: [] };

function isWrittenOut(body: PatternNode, max: number, size: number): boolean {
  if (max <= 1) return true;
  return max * size <= MAX_WRITTEN_OUT && (max <= MAX_VARYING || !varies(body));
}

/** How many states a node becomes. */
function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case 'empty':
      return 0;
    case 'set':
      return 1;
    case 'repeat': {
      const size = sizeOf(node.body);
      return isWrittenOut(node.body, node.max, size) ? size * node.max : size;
    }
    default:
      return node.parts.reduce((total, part) => total + sizeOf(part), 0);
  }
}

/** True where a repetition inside may take a different number of turns. */
function varies(node: PatternNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return false;
    case 'repeat':
      return (node.max > 1 && node.min !== node.max) || varies(node.body);
    default:
      return node.parts.some(varies);
  }
}
