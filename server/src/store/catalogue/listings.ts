/** What labels there are: names, values, series and their numbers, from the index alone. */
import type { Labels } from '#model';
import type { LabelQuestion, SeriesFound } from '../contract.ts';
import type { Catalogue } from './catalogue.ts';
import type { LabelIndex, LabelName } from './label-index.ts';
import { resolving } from './resolve.ts';
import { dayOf, type Sightings } from './sightings.ts';
import { sortedPairs } from './sorted-values.ts';
import { inTurns, type Steps } from './turns.ts';

export interface ListingDeps {
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
}

/** Sorted. */
export function labelNames(deps: ListingDeps, question: LabelQuestion): Promise<string[]> {
  return inTurns(listNames(deps, question), question.signal);
}

/** Sorted. */
export function labelValues(deps: ListingDeps, name: string, question: LabelQuestion): Promise<string[]> {
  return inTurns(listValues(deps, name, question), question.signal);
}

/** The label sets are made as they are read. */
export async function listSeries(deps: ListingDeps, question: LabelQuestion): Promise<SeriesFound> {
  const refs = firstOf(await inTurns(matchedRefs(deps, question), question.signal), question.limit);
  return { count: refs.length, labels: labelsOf(deps.catalogue, refs) };
}

function* labelsOf(catalogue: Catalogue, refs: Int32Array): Generator<Labels> {
  for (const ref of refs) {
    const index = catalogue.labels(catalogue.tenantOf(ref));
    if (index !== undefined) yield index.labelsOf(catalogue.runOf(ref));
  }
}

const stepEvery = 1_024;

function* listNames(deps: ListingDeps, question: LabelQuestion): Steps<string[]> {
  const index = deps.catalogue.labels(question.tenant);
  if (index === undefined) return [];
  const names: string[] = [];
  if (question.matcherSets.length === 0) {
    const isSeen = sightingTest(deps, question);
    for (const name of index.allNames()) if (yield* hasSeries(index, name, isSeen)) names.push(name.name);
  } else {
    const refs = yield* matchedRefs(deps, question);
    const marks = new Uint8Array(index.allNames().length);
    for (let i = 0; i < refs.length; i++) {
      if (i % stepEvery === 0) yield stepEvery * 2;
      index.markNames(deps.catalogue.runOf(refs[i] as number), marks);
    }
    for (const name of index.allNames()) if (marks[name.number] === 1) names.push(name.name);
  }
  return firstOf(names.sort(), question.limit);
}

function* hasSeries(index: LabelIndex, name: LabelName, isSeen: (ref: number) => boolean): Steps<boolean> {
  for (const pair of name.values.values()) {
    if (index.postings.some(pair, isSeen)) return true;
    yield index.postings.count(pair);
  }
  return false;
}

function* listValues(deps: ListingDeps, asked: string, question: LabelQuestion): Steps<string[]> {
  const index = deps.catalogue.labels(question.tenant);
  const name = index?.name(asked);
  if (index === undefined || name === undefined) return [];
  if (question.matcherSets.length > 0)
    return firstOf(yield* matchedValues(deps, index, name, question), question.limit);
  const isSeen = sightingTest(deps, question);
  const sorted = yield* sortedPairs(index, name);
  const values: string[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i % stepEvery === 0) yield stepEvery * 2;
    if (question.limit > 0 && values.length >= question.limit) break;
    const pair = sorted[i] as number;
    if (index.postings.some(pair, isSeen)) values.push(index.textOf(pair));
  }
  return values;
}

function* matchedValues(
  deps: ListingDeps,
  index: LabelIndex,
  name: LabelName,
  question: LabelQuestion,
): Steps<string[]> {
  const refs = yield* matchedRefs(deps, question);
  const marks = new Uint8Array(index.pairsEnd);
  const pairs: number[] = [];
  for (let i = 0; i < refs.length; i++) {
    if (i % stepEvery === 0) yield stepEvery;
    const pair = index.pairIn(deps.catalogue.runOf(refs[i] as number), name.number);
    if (pair < 0 || marks[pair] !== 0) continue;
    marks[pair] = 1;
    pairs.push(pair);
  }
  if (pairs.length * sortedApart < name.values.size) return pairs.map((pair) => index.textOf(pair)).sort();
  const sorted = yield* sortedPairs(index, name);
  return Array.from(
    sorted.filter((pair) => marks[pair] === 1),
    (pair) => index.textOf(pair),
  );
}

/** Fewer than one in so many values are sorted by themselves. */
const sortedApart = 64;

function* matchedRefs(
  { catalogue, sightings }: ListingDeps,
  { tenant, matcherSets, startMs, endMs }: LabelQuestion,
): Steps<Int32Array> {
  const found: Int32Array[] = [];
  for (const matchers of matcherSets.length === 0 ? [[]] : matcherSets)
    found.push(yield* resolving(catalogue, sightings, { tenant, matchers, startMs, endMs }));
  return found.length === 1 ? (found[0] as Int32Array) : joined(found);
}

/** Each ref once, ascending. */
function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let end = 0;
  for (const list of lists) {
    all.set(list, end);
    end += list.length;
  }
  return all.sort().filter((ref, i) => i === 0 || ref !== all[i - 1]);
}

function sightingTest({ sightings }: ListingDeps, { startMs, endMs }: LabelQuestion): (ref: number) => boolean {
  const fromDay = dayOf(startMs);
  const toDay = dayOf(endMs);
  return (ref) => sightings.seenBetween(ref, fromDay, toDay);
}

function firstOf<List extends { slice(from: number, to: number): List }>(items: List, limit: number): List {
  return limit > 0 ? items.slice(0, limit) : items;
}
