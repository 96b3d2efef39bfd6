/** What a query's label filters want of every line: of what is stored with it, and of what a parser must have found in it. */
import type { LabelFilter, LogExpr, Stage, Unwrap } from '@farol/logql';
import type { Matcher } from '#model';
import type { InLine, StoredLabelFilter } from './contract.ts';
import { matcherTest } from './pipeline/index.ts';

/** `isExact`: a line of which this holds passes the filter, as far as the keeper can tell. */
interface Told extends StoredLabelFilter {
  readonly isExact: boolean;
}

/** Those about what a line was stored with, or what a parser took from the stored line. An unwrapped label must be there. */
export function storedLabelFilters({ stages }: Pick<LogExpr, 'stages'>, unwrap?: Unwrap): StoredLabelFilter[] {
  return toldOf(stages, unwrap === undefined ? [] : [isThere(unwrap.name)]).map(({ isExact: _, ...filter }) => filter);
}

/** How many of the stages' tests the store is told as they are. */
export const countExact = (stages: readonly Stage[]): number =>
  toldOf(stages, []).filter(({ isExact }) => isExact).length;

interface Need {
  readonly matcher: Matcher;
  readonly isWhole: boolean;
}

/** `atEnd`: what is wanted of the labels behind all stages. */
function toldOf(stages: readonly Stage[], atEnd: readonly Need[]): Told[] {
  const told: Told[] = [];
  const dropped = new Set<string>();
  const parsers: Stage[] = [];
  const tell = (needs: readonly Need[]): void => {
    for (const { matcher, isWhole } of needs) {
      if (dropped.has(matcher.name) || isMadeUp(matcher.name)) continue;
      const filter = parsers.length === 0 ? { matcher } : foundBy(parsers, matcher);
      if (filter === undefined) continue;
      told.push({ ...filter, isExact: isWhole && (filter.inLine === undefined || filter.inLine.value !== undefined) });
    }
  };
  for (const stage of stages) {
    if (rewritesLine(stage) || stage.kind === 'label_format' || stage.kind === 'keep') return told;
    if (stage.kind === 'drop') for (const choice of stage.labels) dropped.add(nameOfChoice(choice));
    else if (stage.kind === 'filter') tell(needsOf(stage.filter));
    else if (stage.kind !== 'line') parsers.push(stage);
  }
  tell(atEnd);
  return told;
}

export function rewritesLine({ kind }: Stage): boolean {
  return kind === 'line_format' || kind === 'decolorize' || kind === 'unpack';
}

const nameOfChoice = (choice: Extract<Stage, { kind: 'drop' }>['labels'][number]): string =>
  choice.kind === 'name' ? choice.name : choice.matcher.name;

/** Labels that no store has: losers of a name, and errors. */
export const isMadeUp = (name: string): boolean => name.endsWith('_extracted') || name.startsWith('__');

/** All of which must hold. An amount is compared with what is there. */
function needsOf(filter: LabelFilter): Need[] {
  switch (filter.kind) {
    case 'match':
      return [{ matcher: filter.matcher, isWhole: true }];
    case 'and':
      return [...needsOf(filter.left), ...needsOf(filter.right)];
    case 'number':
    case 'duration':
    case 'bytes':
      return [isThere(filter.name)];
    default:
      return [];
  }
}

const isThere = (name: string): Need => ({ matcher: { name, kind: '!=', value: '' }, isWhole: false });

/** What the line holds where one of the parsers has found what is wanted; undefined when nothing can be said. */
function foundBy(parsers: readonly Stage[], matcher: Matcher): StoredLabelFilter | undefined {
  if (matcherTest(matcher)('')) return undefined;
  const takesKeys = parsers.every((stage) => isJson(stage) || isLogfmt(stage));
  const key = takesKeys ? longestWord(matcher.name) : '';
  const inLine: InLine = {
    isObject: parsers.every(isJson),
    ...(key !== '' && { key }),
    ...(canBeSought(matcher) && { value: matcher.value }),
  };
  return inLine.key === undefined && inLine.value === undefined ? undefined : { matcher, inLine };
}

const isJson = (stage: Stage): boolean => stage.kind === 'json' && stage.extractions.length === 0;
const isLogfmt = (stage: Stage): boolean => stage.kind === 'logfmt' && stage.extractions.length === 0;

/** What is no letter or digit in a key is `_` in the label's name, and so is what joins the keys of inner objects. */
function longestWord(name: string): string {
  return name.split(/[^A-Za-z0-9]+/).reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

/** In the line a parser may have read a blank where there was none, so that only words are looked for. */
function canBeSought({ kind, value }: Matcher): boolean {
  return kind === '=' && !/[ \ufffd]/.test(value);
}
