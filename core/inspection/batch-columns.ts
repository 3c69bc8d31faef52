/** The numbers of a batch, column by column; see `EventBatch`. */
export interface Columns {
  readonly kind: ArrayLike<number>;
  readonly at: ArrayLike<number>;
  readonly delivery: ArrayLike<number>;
  readonly publisher: ArrayLike<number>;
  readonly ordinal: ArrayLike<number>;
  readonly route: ArrayLike<number>;
}

const CAPACITY = 1024;

/** Gathers the numbers of one batch after the other in the same memory: a busy run leaves nothing behind for the collector. */
export class BatchColumns {
  length = 0;
  /**
   * Rows that can be added before `makeRoom` must be called; 0 in an empty batch, so that its beginning is noticed without
   * a look of its own at each event.
   */
  room = 0;
  #publishes = 0;
  #kind = new Uint8Array(CAPACITY);
  #at = new Float64Array(CAPACITY);
  #delivery = new Uint32Array(CAPACITY);
  #publisher = new Uint32Array(CAPACITY);
  #ordinal = new Uint32Array(CAPACITY);
  #route = new Uint32Array(CAPACITY);

  /** There must be room. */
  add(kind: number, at: number, delivery: number): void {
    const place = this.length++;
    this.#kind[place] = kind;
    this.#at[place] = at;
    this.#delivery[place] = delivery;
  }

  /** Of the publish that was added: there are never more of these than of events. */
  addPublish(publisher: number, ordinal: number, route: number): void {
    const place = this.#publishes++;
    this.#publisher[place] = publisher;
    this.#ordinal[place] = ordinal;
    this.#route[place] = route;
  }

  /** The numbers where they are: good until the next is added. */
  views(): Columns {
    return {
      kind: this.#kind.subarray(0, this.length),
      at: this.#at.subarray(0, this.length),
      delivery: this.#delivery.subarray(0, this.length),
      publisher: this.#publisher.subarray(0, this.#publishes),
      ordinal: this.#ordinal.subarray(0, this.#publishes),
      route: this.#route.subarray(0, this.#publishes),
    };
  }

  /** The numbers as plain lists. */
  lists(): Columns {
    const { kind, at, delivery, publisher, ordinal, route } = this.views();
    return {
      kind: listOf(kind),
      at: listOf(at),
      delivery: listOf(delivery),
      publisher: listOf(publisher),
      ordinal: listOf(ordinal),
      route: listOf(route),
    };
  }

  clear(): void {
    this.length = 0;
    this.room = 0;
    this.#publishes = 0;
  }

  /** Makes room for more rows, at most `most` in all. */
  makeRoom(most: number): void {
    if (this.length === this.#kind.length) this.#grow();
    this.room = Math.min(this.#kind.length, most);
  }

  #grow(): void {
    const capacity = this.#kind.length * 2;
    const moved = <Column extends Uint8Array | Uint32Array | Float64Array>(
      from: Column,
      to: Column,
    ): Column => {
      to.set(from);
      return to;
    };
    this.#kind = moved(this.#kind, new Uint8Array(capacity));
    this.#at = moved(this.#at, new Float64Array(capacity));
    this.#delivery = moved(this.#delivery, new Uint32Array(capacity));
    this.#publisher = moved(this.#publisher, new Uint32Array(capacity));
    this.#ordinal = moved(this.#ordinal, new Uint32Array(capacity));
    this.#route = moved(this.#route, new Uint32Array(capacity));
  }
}

function listOf(values: ArrayLike<number>): number[] {
  const list: number[] = [];
  for (let index = 0; index < values.length; index++) list.push(values[index] ?? 0);
  return list;
}
