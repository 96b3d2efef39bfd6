import { expander } from '@farol/gotemplate';
import type { LabelReplaceExpr } from '@farol/logql';
import { compareText, type Labels } from '#model';
import { compilePattern } from '#query/promql';
import { mergeSame, type StepSeries } from './series.ts';

/** Rewrites a label of every series whose other label matches. What comes to be the same series becomes one. */
export function replaceLabel(expr: LabelReplaceExpr, input: readonly StepSeries[]): StepSeries[] {
  const regex = compilePattern(expr.pattern);
  const expand = expander(expr.replacement);
  const replaced = input.map((series) => {
    const found = regex.matcher(labelText(series.labels, expr.from));
    return found.find() ? { ...series, labels: withLabel(series.labels, expr.to, expand(found)) } : series;
  });
  return mergeSame(replaced);
}

function labelText(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1] ?? '';
  return '';
}

function withLabel(labels: Labels, name: string, value: string): Labels {
  const pairs: [string, string][] = value === '' ? [] : [[name, value]];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== name) pairs.push([labels[i] ?? '', labels[i + 1] ?? '']);
  }
  return pairs.sort(([a], [b]) => compareText(a, b)).flat();
}
