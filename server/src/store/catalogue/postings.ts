/**
 * Which series have a label pair: a list of refs for each pair, ascending because refs only ever grow. Most pairs have
 * few series, so short lists lie side by side in one array, in blocks of a power of two; long ones have arrays of their
 * own. About 6 bytes a ref in all.
 */
import { roomFor } from './growing.ts';

/** Longer lists leave the shared array. */
const shortMax = 64;
const classes = 7;

export class Postings {
  private counts = new Int32Array(1024);
  /** Where the pair's block is in `shared`; of a pair with one series, its ref. */
  private places = new Int32Array(1024);
  private readonly long = new Map<number, Int32Array>();
  private shared = new Int32Array(1024);
  private sharedEnd = 0;
  /** Blocks that lists have outgrown, by the power of two. */
  private readonly spare: number[][] = Array.from({ length: classes }, () => []);

  /** Hot: once per label of a new series. */
  push(pair: number, ref: number): void {
    this.counts = roomFor(this.counts, pair);
    this.places = roomFor(this.places, pair);
    const count = this.counts[pair] as number;
    this.counts[pair] = count + 1;
    if (count === 0) this.places[pair] = ref;
    else if (count < shortMax) this.pushShort(pair, count, ref);
    else this.pushLong(pair, count, ref);
  }

  count(pair: number): number {
    return this.counts[pair] ?? 0;
  }

  /** Of a long list nothing that comes later changes it; a short one is for reading at once. */
  view(pair: number): Int32Array {
    const count = this.count(pair);
    if (count > shortMax) return (this.long.get(pair) as Int32Array).subarray(0, count);
    const place = this.places[pair] as number;
    return count === 1 ? Int32Array.of(place) : this.shared.subarray(place, place + count);
  }

  /** The refs of some pairs, one list after the other; nothing that comes later changes them. */
  of(pairs: readonly number[]): Int32Array {
    const [first] = pairs;
    if (first !== undefined && pairs.length === 1)
      return this.count(first) > shortMax ? this.view(first) : this.view(first).slice();
    const refs = new Int32Array(this.countAll(pairs));
    let end = 0;
    for (const pair of pairs) {
      refs.set(this.view(pair), end);
      end += this.count(pair);
    }
    return refs;
  }

  countAll(pairs: readonly number[]): number {
    return pairs.reduce((sum, pair) => sum + this.count(pair), 0);
  }

  /** Whether one of the pair's series passes, the newest asked first. Hot: once per value of a label. */
  some(pair: number, test: (ref: number) => boolean): boolean {
    const count = this.count(pair);
    const place = this.places[pair] as number;
    if (count === 1) return test(place);
    const cells = count > shortMax ? (this.long.get(pair) as Int32Array) : this.shared;
    const from = count > shortMax ? 0 : place;
    for (let i = from + count - 1; i >= from; i--) if (test(cells[i] as number)) return true;
    return false;
  }

  /** Keeps the series that pass; returns how many they are. */
  keep(pair: number, test: (ref: number) => boolean): number {
    const kept = this.view(pair).filter(test);
    this.clear(pair);
    if (kept.length <= shortMax) for (const ref of kept) this.push(pair, ref);
    else {
      this.long.set(pair, kept);
      this.counts[pair] = kept.length;
    }
    return kept.length;
  }

  private clear(pair: number): void {
    const count = this.count(pair);
    if (count > shortMax) this.long.delete(pair);
    else if (count > 1) this.spare[classOf(count)]?.push(this.places[pair] as number);
    this.counts[pair] = 0;
  }

  private pushShort(pair: number, count: number, ref: number): void {
    let place = this.places[pair] as number;
    if (isPowerOfTwo(count)) {
      const moved = this.block(classOf(count + 1));
      if (count === 1) this.shared[moved] = place;
      else {
        this.shared.copyWithin(moved, place, place + count);
        this.spare[classOf(count)]?.push(place);
      }
      this.places[pair] = moved;
      place = moved;
    }
    this.shared[place + count] = ref;
  }

  private pushLong(pair: number, count: number, ref: number): void {
    let cells = this.long.get(pair) ?? this.leaveShared(pair, count);
    if (count === cells.length) {
      const grown = new Int32Array(count + (count >> 1));
      grown.set(cells);
      this.long.set(pair, grown);
      cells = grown;
    }
    cells[count] = ref;
  }

  private leaveShared(pair: number, count: number): Int32Array {
    const place = this.places[pair] as number;
    const cells = new Int32Array(2 * count);
    cells.set(this.shared.subarray(place, place + count));
    this.spare[classOf(count)]?.push(place);
    this.long.set(pair, cells);
    return cells;
  }

  /** The place of a block of 2^power cells. */
  private block(power: number): number {
    const spare = this.spare[power]?.pop();
    if (spare !== undefined) return spare;
    const place = this.sharedEnd;
    this.sharedEnd += 1 << power;
    this.shared = roomFor(this.shared, this.sharedEnd - 1);
    return place;
  }
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

/** The power of two that holds so many, at least two. */
const classOf = (count: number): number => 32 - Math.clz32(count - 1);
