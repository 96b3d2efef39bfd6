import type { LogExpr, Stage } from '@farol/logql';
import type { LineFilter } from './contract.ts';

/** The line filters that every kept line passes as it was stored: those before any stage that rewrites the line. */
export function storedLineFilters({ stages }: LogExpr): LineFilter[] {
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

/** Only line filters, all of them about the stored line, so that a store could count what they keep. */
export function hasOnlyStoredFilters({ stages }: LogExpr): boolean {
  return stages.every((stage) => stage.kind === 'line' && stage.operands.every(({ kind }) => kind === 'text'));
}

/** Whether a stage may drop lines, so that more must be read than is answered. */
export function mayDrop({ stages }: LogExpr): boolean {
  return stages.some(({ kind }) => kind === 'line' || kind === 'filter');
}

/** The stages that a query needs which only counts lines: a line that nobody reads need not be written. */
export function withoutIdleFormats(stages: readonly Stage[]): readonly Stage[] {
  const lastReader = stages.findLastIndex(readsLine);
  return stages.filter((stage, i) => i < lastReader || (stage.kind !== 'line_format' && stage.kind !== 'decolorize'));
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
