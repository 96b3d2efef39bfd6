/**
 * Which group of an aggregation a stored series falls into never changes, and is remembered: to look at the labels of a
 * series again takes longer than to add up its samples.
 */
import type { AggregateExpr } from '@farol/promql';
import type { Labels, SeriesRef } from '#model';
import { Grouping } from './grouping.ts';
import type { GridSeries } from './values.ts';

type GroupedBy = Pick<AggregateExpr, 'grouping' | 'without'>;

/** The labels may be made when they are read. */
type Labelled = Pick<GridSeries, 'labels'>;

/** Those asked for last; the older ones are forgotten. */
const groupingsMax = 32;
/** What has more groups is not worth its room. */
const groupsMax = 4_096;
/** Of series past this, labels are looked at each time. */
const refsMax = 262_144;

export class GroupMemory {
  /** The one that was asked for last stands last. */
  private readonly known = new Map<string, KnownGroups>();

  /** For one question. */
  begin({ grouping, without }: GroupedBy): NumberedGroups {
    const key = JSON.stringify([without, ...grouping]);
    const groups = this.known.get(key) ?? new KnownGroups({ grouping, without }, () => this.known.delete(key));
    this.known.delete(key);
    this.known.set(key, groups);
    if (this.known.size > groupingsMax) this.known.delete(this.known.keys().next().value as string);
    return new NumberedGroups(groups);
  }
}

/** The groups that questions have met so far. */
class KnownGroups {
  private readonly grouping: Grouping;
  private readonly forget: () => void;
  /** The series' group and one; 0 where it is not known. */
  private ofRef = new Uint16Array(1_024);

  constructor(by: GroupedBy, forget: () => void) {
    this.grouping = new Grouping(by);
    this.forget = forget;
  }

  /** Hot. */
  groupOf(series: Labelled, ref: SeriesRef | undefined): number {
    const known = ref === undefined ? 0 : (this.ofRef[ref] ?? 0);
    return known > 0 ? known - 1 : this.find(series.labels, ref);
  }

  labelsOf(group: number): Labels {
    return this.grouping.labels[group] as Labels;
  }

  private find(labels: Labels, ref: SeriesRef | undefined): number {
    const group = this.grouping.groupOf(labels);
    if (group >= groupsMax) this.forget();
    else if (ref !== undefined && ref < refsMax) this.remember(ref, group);
    return group;
  }

  private remember(ref: SeriesRef, group: number): void {
    if (ref >= this.ofRef.length) {
      const grown = new Uint16Array(Math.min(refsMax, 2 * ref));
      grown.set(this.ofRef);
      this.ofRef = grown;
    }
    this.ofRef[ref] = group + 1;
  }
}

/** The groups of one question, from 0 in order of first appearance. */
class NumberedGroups {
  readonly labels: Labels[] = [];
  private readonly known: KnownGroups;
  private readonly numbers = new Map<number, number>();
  private groupBefore = -1;
  private numberBefore = -1;

  constructor(known: KnownGroups) {
    this.known = known;
  }

  /** `ref`: the stored series' own, where it is one. Hot. */
  numberOf(series: Labelled, ref: SeriesRef | undefined): number {
    const group = this.known.groupOf(series, ref);
    if (group === this.groupBefore) return this.numberBefore;
    let number = this.numbers.get(group);
    if (number === undefined) {
      number = this.labels.length;
      this.numbers.set(group, number);
      this.labels.push(this.known.labelsOf(group));
    }
    this.groupBefore = group;
    this.numberBefore = number;
    return number;
  }
}
