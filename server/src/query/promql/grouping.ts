import type { AggregateExpr } from '@farol/promql';
import type { Labels } from '#model';
import { keepNames, METRIC_NAME, withoutNames } from './labelset.ts';

/** A place in the tree of values seen so far; `group` is set where a label set ended. */
interface Place {
  readonly next: Map<string, Place>;
  group: number;
}

const newPlace = (): Place => ({ next: new Map(), group: -1 });

/**
 * Numbers the groups of an aggregation from 0 in order of first appearance. A series finds its group value by value:
 * most values are texts that many series share, and to find them costs less than to put a key together.
 */
export class Grouping {
  /** The labels of each group. */
  readonly labels: Labels[] = [];
  private readonly names: readonly string[];
  private readonly named: ReadonlySet<string>;
  private readonly without: boolean;
  /** Where each name stood in the series before, as the text that stood there: the same text is quickly told. */
  private readonly places: Int32Array;
  private readonly found: string[];
  private readonly root = newPlace();

  constructor({ grouping, without }: Pick<AggregateExpr, 'grouping' | 'without'>) {
    const names = without ? [...grouping, METRIC_NAME] : grouping;
    this.names = [...new Set(names)].sort();
    this.named = new Set(names);
    this.without = without;
    this.places = new Int32Array(this.names.length);
    this.found = this.names.map(() => '');
  }

  /** Hot: bench/promql-kernels.ts. */
  groupOf(labels: Labels): number {
    const place = this.without ? this.placeWithout(labels) : this.placeBy(labels);
    if (place.group < 0) {
      place.group = this.labels.length;
      this.labels.push(this.without ? withoutNames(labels, this.named) : keepNames(labels, this.named));
    }
    return place.group;
  }

  /** Absent and empty are the same. */
  private placeBy(labels: Labels): Place {
    let place = this.root;
    for (let i = 0; i < this.names.length; i++) {
      let at = this.places[i] ?? 0;
      if (labels[at] !== this.found[i]) at = this.find(i, labels);
      place = child(place, labels[at + 1] ?? '');
    }
    return place;
  }

  /** The place of the name in the labels, past their end when it is not there. */
  private find(i: number, labels: Labels): number {
    for (let at = 0; at < labels.length; at += 2) {
      const text = labels[at] ?? '';
      if (text !== this.names[i]) continue;
      this.places[i] = at;
      this.found[i] = text;
      return at;
    }
    return labels.length;
  }

  private placeWithout(labels: Labels): Place {
    let place = this.root;
    for (let i = 0; i < labels.length; i += 2) {
      const name = labels[i] ?? '';
      if (!this.named.has(name)) place = child(child(place, name), labels[i + 1] ?? '');
    }
    return place;
  }
}

function child({ next }: Place, text: string): Place {
  const known = next.get(text);
  if (known !== undefined) return known;
  const created = newPlace();
  next.set(text, created);
  return created;
}
