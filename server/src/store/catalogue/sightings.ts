/**
 * On which UTC days each series was seen, and what of that the tables do not say yet. Two rows tell it: one of
 * `series_days` for each day, and one of `series` (with the labels) for each week, so that it outlives its samples.
 */
import { roomFor } from './growing.ts';

export const dayMs = 86_400_000;
export const dayOf = (timeMs: number): number => Math.min(65_535, Math.max(1, Math.floor(timeMs / dayMs)));

/** Rows to be written before the samples that need them. */
export interface Unwritten {
  readonly series: number[];
  readonly dayRefs: number[];
  readonly days: number[];
}

export class Sightings {
  // 0: never seen. Between first and last every day counts as seen, unless `scattered` says which ones.
  private first = new Uint16Array(1024);
  private last = new Uint16Array(1024);
  private weekWritten = new Uint16Array(1024);
  private hasHistograms = new Uint8Array(1024);
  private readonly scattered = new Map<number, Set<number>>();
  private unwritten: Unwritten = { series: [], dayRefs: [], days: [] };

  /** Hot: the same day again costs one comparison. */
  see(ref: number, day: number): void {
    if (this.last[ref] === day) return;
    this.seeAnew(ref, day);
  }

  seeHistogram(ref: number, day: number): void {
    this.see(ref, day);
    if (this.hasHistograms[ref] === 1) return;
    this.hasHistograms = roomFor(this.hasHistograms, ref);
    this.hasHistograms[ref] = 1;
    this.unwritten.series.push(ref);
  }

  hasHistogram(ref: number): boolean {
    return this.hasHistograms[ref] === 1;
  }

  /** Whether one of them has. Hot. */
  haveHistogram(refs: Int32Array): boolean {
    const { hasHistograms } = this;
    for (let i = 0; i < refs.length; i++) if (hasHistograms[refs[i] as number] === 1) return true;
    return false;
  }

  seenBetween(ref: number, fromDay: number, toDay: number): boolean {
    const first = this.first[ref] ?? 0;
    const last = this.last[ref] ?? 0;
    if (first === 0 || first > toDay || last < fromDay) return false;
    const days = this.scattered.get(ref);
    if (days === undefined) return true;
    for (const day of days) if (day >= fromDay && day <= toDay) return true;
    return false;
  }

  /** The newest day, 0 when never seen. */
  lastDay(ref: number): number {
    return this.last[ref] ?? 0;
  }

  /** The series is no longer known. */
  forget(ref: number): void {
    if (ref < this.hasHistograms.length) this.hasHistograms[ref] = 0;
    if (ref >= this.first.length) return;
    this.first[ref] = 0;
    this.last[ref] = 0;
    this.weekWritten[ref] = 0;
    this.scattered.delete(ref);
  }

  /** What the tables say of a day. */
  recall(ref: number, day: number): void {
    this.room(ref);
    this.note(ref, day);
  }

  /** What the tables say of a run of days. */
  recallRange(ref: number, first: number, last: number): void {
    this.room(ref);
    if (this.first[ref] !== 0) {
      for (let day = first; day <= last; day++) this.note(ref, day);
      return;
    }
    this.first[ref] = first;
    this.last[ref] = last;
  }

  /** What the tables say of a series. */
  recallSeries(ref: number, seenDay: number, histogram: boolean): void {
    this.room(ref);
    this.weekWritten[ref] = Math.max(this.weekWritten[ref] as number, weekOf(seenDay));
    if (!histogram) return;
    this.hasHistograms = roomFor(this.hasHistograms, ref);
    this.hasHistograms[ref] = 1;
  }

  /** The caller writes these, or gives them back. */
  take(): Unwritten {
    const taken = this.unwritten;
    this.unwritten = { series: [], dayRefs: [], days: [] };
    return taken;
  }

  giveBack(rows: Unwritten): void {
    const { series, dayRefs, days } = this.unwritten;
    this.unwritten = {
      series: rows.series.concat(series),
      dayRefs: rows.dayRefs.concat(dayRefs),
      days: rows.days.concat(days),
    };
  }

  private seeAnew(ref: number, day: number): void {
    this.room(ref);
    if (!this.note(ref, day)) return;
    this.unwritten.dayRefs.push(ref);
    this.unwritten.days.push(day);
    if (weekOf(day) <= (this.weekWritten[ref] as number)) return;
    this.weekWritten[ref] = weekOf(day);
    this.unwritten.series.push(ref);
  }

  /** Whether the day was new. */
  private note(ref: number, day: number): boolean {
    const first = this.first[ref] as number;
    const last = this.last[ref] as number;
    if (first === 0) {
      this.first[ref] = day;
      this.last[ref] = day;
      return true;
    }
    const days = this.scattered.get(ref);
    if (days === undefined ? day >= first && day <= last : days.has(day)) return false;
    if (days !== undefined) days.add(day);
    else if (day !== last + 1 && day !== first - 1) this.scattered.set(ref, daysOf(first, last).add(day));
    this.first[ref] = Math.min(first, day);
    this.last[ref] = Math.max(last, day);
    return true;
  }

  private room(ref: number): void {
    if (ref < this.first.length) return;
    this.first = roomFor(this.first, ref);
    this.last = roomFor(this.last, ref);
    this.weekWritten = roomFor(this.weekWritten, ref);
  }
}

const weekOf = (day: number): number => Math.floor(day / 7);

function daysOf(first: number, last: number): Set<number> {
  const days = new Set<number>();
  for (let day = first; day <= last; day++) days.add(day);
  return days;
}
