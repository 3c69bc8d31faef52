import type { EventBatch } from '../../core/inspection/event-batch.js';

/** A batch whose columns are typed arrays. One kind of list only, so that what reads them stays quick. */
export interface TypedBatch extends EventBatch {
  readonly kind: Uint8Array;
  readonly at: Float64Array;
  readonly delivery: Uint32Array;
  readonly publisher: Uint32Array;
  readonly ordinal: Uint32Array;
  readonly route: Uint32Array;
}

/** The batch itself where its columns are typed arrays already, as they are inside one page. */
export function typedBatch(batch: EventBatch): TypedBatch {
  const { kind, at, delivery, publisher, ordinal, route } = batch;
  return {
    first: batch.first,
    kind: kind instanceof Uint8Array ? kind : Uint8Array.from(kind),
    at: at instanceof Float64Array ? at : Float64Array.from(at),
    delivery: integers(delivery),
    publisher: integers(publisher),
    ordinal: integers(ordinal),
    route: integers(route),
    routes: batch.routes,
    bodies: batch.bodies,
  };
}

function integers(values: ArrayLike<number>): Uint32Array {
  return values instanceof Uint32Array ? values : Uint32Array.from(values);
}
