import type { LabelFilter, LogExpr, Stage } from '@farol/logql';
import type { LineFilter } from './contract.ts';
import { countExact, isMadeUp, rewritesLine } from './labelpushdown.ts';
import { ERROR } from './pipeline/index.ts';

/** The line filters that every kept line passes as it was stored: those before any stage that rewrites the line. */
export function storedLineFilters({ stages }: Pick<LogExpr, 'stages'>): LineFilter[] {
  const filters: LineFilter[] = [];
  let isParsed = false;
  for (const stage of stages) {
    if (rewritesLine(stage)) break;
    if (stage.kind === 'json' && stage.extractions.length === 0) isParsed = true;
    if (stage.kind === 'drop' || stage.kind === 'keep') isParsed = false;
    if (isParsed && stage.kind === 'filter' && wantsNoError(stage.filter)) filters.push(anObject);
    if (stage.kind !== 'line' || stage.operands.some(({ kind }) => kind === 'ip')) continue;
    const values = stage.operands.map(({ value }) => value);
    const isIdle = stage.op === '|=' && values.includes('');
    if (!isIdle) filters.push({ kind: stage.op, values });
  }
  return filters;
}

/** What is no object leaves the JSON parser with an error. */
const anObject: LineFilter = { kind: '|~', values: ['^[\\x00-\\x20]*\\{'] };

function wantsNoError(filter: LabelFilter): boolean {
  if (filter.kind === 'and') return wantsNoError(filter.left) || wantsNoError(filter.right);
  if (filter.kind !== 'match' || filter.matcher.name !== ERROR) return false;
  return filter.matcher.kind === '=' && filter.matcher.value === '';
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
  const asked = stages.reduce((sum, stage) => sum + (stage.kind === 'filter' ? testsOf(stage.filter) : 0), 0);
  const rewritten = stages.findIndex(rewritesLine);
  const isUntold = (stage: Stage, i: number): boolean =>
    stage.kind === 'line' &&
    ((rewritten >= 0 && i > rewritten) || stage.op.endsWith('>') || stage.operands.some(({ kind }) => kind === 'ip'));
  return countExact(stages) < asked || stages.some(isUntold);
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
