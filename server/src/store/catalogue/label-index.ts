/**
 * The labels of a tenant's series, each pair of name and value once: series → pairs, and back. A pair is a small number;
 * it is kept as long as a series has it, and a while longer for who still reads.
 */
import type { Labels } from '#model';
import { roomFor } from './growing.ts';
import { Postings } from './postings.ts';

/** A label name and its values. */
export interface LabelName {
  readonly name: string;
  readonly number: number;
  /** Pairs by value. */
  readonly values: Map<string, number>;
  /** Bytes of all values in UTF-8. */
  valueBytes: number;
  /** Pairs in the order of their values, as far as somebody asked; see sorted-values.ts. */
  sorted: Int32Array;
  /** Values that came after `sorted` was made. */
  unsorted: number[];
}

/** The run of a series that has been let go of: no labels. */
export const NO_RUN = 0;

export class LabelIndex {
  readonly postings = new Postings();
  private readonly byName = new Map<string, LabelName>();
  private readonly names: LabelName[] = [];
  private readonly texts: string[] = [];
  private nameOf = new Int32Array(1024);
  /** Number of pairs, then the pairs in the order of the labels. */
  private runs = new Int32Array(1024);
  private runsEnd = 1;
  private readonly spareRuns = new Map<number, number[]>();
  private readonly sparePairs: number[] = [];
  private lastPairs: number[] = [];
  private readonly thinned = new Set<LabelName>();

  /** Files the series under its labels; returns its run. */
  add(ref: number, labels: Labels): number {
    const pairs = labels.length / 2;
    const run = this.newRun(pairs);
    this.runs[run] = pairs;
    for (let i = 0; i < pairs; i++) {
      const pair = this.pairOf(labels[2 * i] as string, labels[2 * i + 1] as string, i);
      this.runs[run + 1 + i] = pair;
      this.postings.push(pair, ref);
    }
    return run;
  }

  labelsOf(run: number): Labels {
    const labels: string[] = [];
    const end = this.runEnd(run);
    for (let at = run + 1; at < end; at++) {
      const pair = this.runs[at] as number;
      labels.push(this.nameAt(pair).name, this.texts[pair] as string);
    }
    return labels;
  }

  /** Hot: once per series and request. */
  hasLabels(run: number, labels: Labels): boolean {
    const pairs = this.runs[run] as number;
    if (2 * pairs !== labels.length) return false;
    for (let i = 0; i < pairs; i++) {
      const pair = this.runs[run + 1 + i] as number;
      if (this.texts[pair] !== labels[2 * i + 1] || this.nameAt(pair).name !== labels[2 * i]) return false;
    }
    return true;
  }

  /** The series' pair of this name, or -1. Hot. */
  pairIn(run: number, nameNumber: number): number {
    const end = this.runEnd(run);
    for (let at = run + 1; at < end; at++) {
      const pair = this.runs[at] as number;
      if (this.nameOf[pair] === nameNumber) return pair;
    }
    return -1;
  }

  /** `''` when the series has no such label. */
  valueIn(run: number, name: string): string {
    const end = this.runEnd(run);
    for (let at = run + 1; at < end; at++) {
      const pair = this.runs[at] as number;
      if (this.nameAt(pair).name === name) return this.textOf(pair);
    }
    return '';
  }

  /** Marks the names of the series' labels. Hot. */
  markNames(run: number, marks: Uint8Array): void {
    const end = this.runEnd(run);
    for (let at = run + 1; at < end; at++) marks[this.nameOf[this.runs[at] as number] as number] = 1;
  }

  pairsOf(run: number): Int32Array {
    return this.runs.subarray(run + 1, this.runEnd(run));
  }

  nameAt(pair: number): LabelName {
    return this.names[this.nameOf[pair] as number] as LabelName;
  }

  textOf(pair: number): string {
    return this.texts[pair] as string;
  }

  name(name: string): LabelName | undefined {
    return this.byName.get(name);
  }

  /** By their numbers. Those without values are names of the past. */
  allNames(): readonly LabelName[] {
    return this.names;
  }

  /** Pairs are numbers below this. */
  get pairsEnd(): number {
    return this.texts.length;
  }

  /** Leaves only the series that pass under the pair. False when none is left: then the value is no longer listed. */
  keep(pair: number, test: (ref: number) => boolean): boolean {
    if (this.postings.keep(pair, test) > 0) return true;
    const name = this.nameAt(pair);
    const text = this.textOf(pair);
    name.values.delete(text);
    name.valueBytes -= Buffer.byteLength(text);
    this.thinned.add(name);
    this.lastPairs = [];
    return false;
  }

  /** After the last `keep`: values that are no longer listed leave their order, too. */
  endKeeping(): void {
    const isListed = (pair: number): boolean => this.postings.count(pair) > 0;
    for (const name of this.thinned) {
      name.sorted = name.sorted.filter(isListed);
      name.unsorted = name.unsorted.filter(isListed);
    }
    this.thinned.clear();
  }

  /** Nobody reads the run any more. */
  freeRun(run: number): void {
    const pairs = this.runs[run] as number;
    const spare = this.spareRuns.get(pairs);
    if (spare === undefined) this.spareRuns.set(pairs, [run]);
    else spare.push(run);
  }

  /** Nobody reads the pair any more; it was left without series by `keep`. */
  freePair(pair: number): void {
    this.texts[pair] = '';
    this.sparePairs.push(pair);
  }

  /** Series that come together have most labels in common: the last pair at the same place is tried first. Hot. */
  private pairOf(nameText: string, text: string, place: number): number {
    const before = this.lastPairs[place];
    const nameBefore = before === undefined ? undefined : this.nameAt(before);
    const name = nameBefore?.name === nameText ? nameBefore : (this.byName.get(nameText) ?? this.addName(nameText));
    if (before !== undefined && name === nameBefore && this.texts[before] === text) return before;
    const pair = name.values.get(text) ?? this.addPair(name, text);
    this.lastPairs[place] = pair;
    return pair;
  }

  private addPair(name: LabelName, text: string): number {
    const pair = this.sparePairs.pop() ?? this.texts.length;
    const own = copied(text);
    this.texts[pair] = own;
    this.nameOf = roomFor(this.nameOf, pair);
    this.nameOf[pair] = name.number;
    name.values.set(own, pair);
    name.valueBytes += Buffer.byteLength(own);
    name.unsorted.push(pair);
    return pair;
  }

  private addName(text: string): LabelName {
    const name = {
      name: copied(text),
      number: this.names.length,
      values: new Map<string, number>(),
      valueBytes: 0,
      sorted: new Int32Array(0),
      unsorted: [],
    };
    this.names.push(name);
    this.byName.set(name.name, name);
    return name;
  }

  private newRun(pairs: number): number {
    const spare = this.spareRuns.get(pairs)?.pop();
    if (spare !== undefined) return spare;
    const run = this.runsEnd;
    this.runsEnd += pairs + 1;
    this.runs = roomFor(this.runs, this.runsEnd - 1);
    return run;
  }

  private runEnd(run: number): number {
    return run + 1 + (this.runs[run] as number);
  }
}

/** A copy, because a decoder's string may be a slice that would keep a whole request's body alive. */
const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
