import type { Delivery } from './delivery.js';

/** Places to begin with, and again when all is done. A power of two, as every length of the ring. */
const FEWEST_PLACES = 64;
/** A ring of up to so many places is made longer rather than that anything is left behind, and stays when all is done. */
const MANY_PLACES = 4096;
/** Longer ones, too, as long as one in so many places is taken. */
const SPARSE = 16;

/**
 * Unfinished deliveries in the order of their numbers. Numbers count up, so the newest lie in a ring, each where its number
 * says: to add, to find and to take out cost the same however many there are, and touch no other delivery. What stays
 * unfinished while many others come and go, such as a question that waits for a person, is left behind: it moves to a
 * map, and the ring need not grow for its sake.
 *
 * Not linked through themselves: of a list, the garbage collector finds the next only when it has moved the one before,
 * and its threads can share no work.
 */
export class DeliveryList {
  length = 0;
  /** The delivery of number `n`, from `first` to before `end`, at `n` modulo the ring's length. */
  private readonly ring: (Delivery | undefined)[] = Array.from({ length: FEWEST_PLACES }, () => undefined);
  private first = 0;
  private end = 0;
  /** Those before `first`, oldest first. */
  private readonly behind: Map<number, Delivery> = new Map();

  /** Adds one whose number is higher than that of any before it. */
  push(delivery: Delivery): void {
    const { number } = delivery;
    if (number - this.first >= this.ring.length) this.makeRoom(number);
    this.ring[number & (this.ring.length - 1)] = delivery;
    this.end = number + 1;
    this.length++;
  }

  /** The unfinished delivery with this number. */
  find(number: number): Delivery | undefined {
    if (number < this.first) return this.behind.get(number);
    return number < this.end ? this.ring[number & (this.ring.length - 1)] : undefined;
  }

  /** Takes out one that is in here. */
  remove({ number }: Delivery): void {
    if (number < this.first) this.behind.delete(number);
    else this.ring[number & (this.ring.length - 1)] = undefined;
    this.length--;
  }

  /** Oldest first. Those that are taken out meanwhile do not come any more. */
  *[Symbol.iterator](): Generator<Delivery> {
    yield* this.behind.values();
    for (let number = this.first; number < this.end; number++) {
      const delivery = this.find(number);
      if (delivery !== undefined) yield delivery;
    }
  }

  /** Moves the ring on, or makes it longer, until the place of this number is in it. */
  private makeRoom(number: number): void {
    do {
      while (this.first < this.end && this.ring[this.first & (this.ring.length - 1)] === undefined)
        this.first++;
      if (this.first === this.end) this.startAt(number);
      else if (number - this.first >= this.ring.length) this.makeRoomBetween(number);
    } while (number - this.first >= this.ring.length);
  }

  private makeRoomBetween(number: number): void {
    const { length } = this.ring;
    if (length < MANY_PLACES || (this.length - this.behind.size) * SPARSE > length) this.lengthen();
    else this.leaveBehind(Math.min(this.end, number - length / 2));
  }

  /** Nothing is in the ring. */
  private startAt(number: number): void {
    this.first = number;
    this.end = number;
    if (this.ring.length > MANY_PLACES) this.ring.length = FEWEST_PLACES;
  }

  /** In place: the engine takes the ring for the same for ever, and would compile all anew that uses it. */
  private lengthen(): void {
    const { ring } = this;
    const before = ring.length;
    for (let place = 0; place < before; place++) ring.push(undefined);
    for (let number = this.first; number < this.end; number++) {
      const from = number & (before - 1);
      const to = number & (ring.length - 1);
      if (from === to) continue;
      ring[to] = ring[from];
      ring[from] = undefined;
    }
  }

  private leaveBehind(next: number): void {
    for (; this.first < next; this.first++) {
      const place = this.first & (this.ring.length - 1);
      const delivery = this.ring[place];
      this.ring[place] = undefined;
      if (delivery !== undefined) this.behind.set(this.first, delivery);
    }
  }
}
