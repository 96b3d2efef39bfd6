import type { LabelFilter, LogExpr, Stage } from '@farol/logql';
import type { Matcher } from '#model';
import type { LineFilter, StoredLabelFilter } from './contract.ts';

/** The line filters that every kept line passes as it was stored: those before any stage that rewrites the line. */
export function storedLineFilters({ stages }: Pick<LogExpr, 'stages'>): LineFilter[] {
  const filters: LineFilter[] = [];
  for (const stage of stages) {
    if (rewritesLine(stage)) break;
    if (stage.kind !== 'line' || stage.operands.some(({ kind }) => kind === 'ip')) continue;
    const values = stage.operands.map(({ value }) => value);
    const isIdle = stage.op === '|=' && values.includes('');
    if (!isIdle) filters.push({ kind: stage.op, values });
  }
  return filters;
}

function rewritesLine({ kind }: Stage): boolean {
  return kind === 'line_format' || kind === 'decolorize' || kind === 'unpack';
}

/** The label filters about what a line was stored with, or what a parser took from the stored line. */
export function storedLabelFilters({ stages }: Pick<LogExpr, 'stages'>): StoredLabelFilter[] {
  const filters: StoredLabelFilter[] = [];
  const dropped = new Set<string>();
  let orInLine = false;
  for (const stage of stages) {
    if (rewritesLine(stage) || stage.kind === 'label_format' || stage.kind === 'keep') break;
    if (stage.kind === 'drop') for (const choice of stage.labels) dropped.add(nameOfChoice(choice));
    else if (stage.kind === 'filter') {
      const known = matchersOf(stage.filter).filter(({ name }) => !dropped.has(name) && !isMadeUp(name));
      for (const matcher of known) if (!orInLine || canBeSought(matcher)) filters.push({ matcher, orInLine });
    } else if (stage.kind !== 'line') orInLine = true;
  }
  return filters;
}

const nameOfChoice = (choice: Extract<Stage, { kind: 'drop' }>['labels'][number]): string =>
  choice.kind === 'name' ? choice.name : choice.matcher.name;

/** Labels that no store has: losers of a name, and errors. */
export const isMadeUp = (name: string): boolean => name.endsWith('_extracted') || name.startsWith('__');

/** The matchers all of which must hold. */
function matchersOf(filter: LabelFilter): Matcher[] {
  if (filter.kind === 'match') return [filter.matcher];
  return filter.kind === 'and' ? [...matchersOf(filter.left), ...matchersOf(filter.right)] : [];
}

/** In the line a parser may have read a blank where there was none, so that only words are looked for. */
function canBeSought({ kind, value }: Matcher): boolean {
  return kind === '=' && value !== '' && !/[ \ufffd]/.test(value);
}

/** Only filters of what is stored, and all of them told above, so that a store could count what they keep. */
export function hasOnlyStoredFilters(stages: readonly Stage[]): boolean {
  return stages.every((stage) => {
    if (stage.kind === 'line') return stage.operands.every(({ kind }) => kind === 'text');
    return stage.kind === 'filter' && isStored(stage.filter);
  });
}

function isStored(filter: LabelFilter): boolean {
  if (filter.kind === 'match') return !isMadeUp(filter.matcher.name);
  return filter.kind === 'and' && isStored(filter.left) && isStored(filter.right);
}

/** Whether stages drop lines that the filters above let through, so that more must be read than is answered. */
export function mayDrop({ stages }: LogExpr): boolean {
  const told = storedLabelFilters({ stages }).length;
  const asked = stages.reduce((sum, stage) => sum + (stage.kind === 'filter' ? testsOf(stage.filter) : 0), 0);
  const rewritten = stages.findIndex(rewritesLine);
  const isUntold = (stage: Stage, i: number): boolean =>
    stage.kind === 'line' &&
    ((rewritten >= 0 && i > rewritten) || stage.op.endsWith('>') || stage.operands.some(({ kind }) => kind === 'ip'));
  return told < asked || stages.some(isUntold);
}

const testsOf = (filter: LabelFilter): number =>
  filter.kind === 'and' ? testsOf(filter.left) + testsOf(filter.right) : 1;

/** The stages that a query needs which only counts lines: a line that nobody reads need not be written. */
export function withoutIdleFormats(stages: readonly Stage[]): readonly Stage[] {
  const lastReader = stages.findLastIndex(readsLine);
  return stages.filter((stage, i) => i < lastReader || (stage.kind !== 'line_format' && stage.kind !== 'decolorize'));
}

/** The stages of a query that looks at no label: what parsers find is of no use, and their errors are not looked for. */
export function withoutParsers(stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(({ kind }) => kind !== 'json' && kind !== 'logfmt' && kind !== 'pattern' && kind !== 'regexp');
}

function readsLine(stage: Stage): boolean {
  switch (stage.kind) {
    case 'line':
    case 'json':
    case 'logfmt':
    case 'regexp':
    case 'pattern':
    case 'unpack':
      return true;
    case 'label_format':
      return stage.formats.some((format) => format.kind === 'template' && format.template.includes('__line__'));
    default:
      return false;
  }
}
