import type { RE2JS } from 're2js';
import type { Labels } from '#model';
import { labelValue } from '#model';
import { failed } from '../failures.ts';
import { isLabelName, METRIC_NAME, withLabel } from '../labelset.ts';
import { mergeSame } from '../merge.ts';
import { compilePattern } from '../patterns.ts';
import { type GridSeries, type VectorValue, withLabels } from '../values.ts';
import { type Call, type InstantFunction, stringArg, vectorArg } from './call.ts';

export const labelFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ['label_replace', labelReplace],
  ['label_join', labelJoin],
]);

function labelReplace(call: Call): VectorValue {
  const [target, replacement, source, text] = [1, 2, 3, 4].map((index) => stringArg(call, index));
  const pattern = patternOf(text ?? '');
  if (target === undefined || !isLabelName(target)) {
    throw failed(`invalid destination label name in label_replace(): ${target}`);
  }
  const parts = templateOf(replacement ?? '');
  return relabel(call, target, (labels) => {
    const matcher = pattern.matcher(labelValue(labels, source ?? ''));
    if (!matcher.find()) return undefined;
    return parts.map((part) => (typeof part === 'string' ? part : (groupOf(matcher, part.group) ?? ''))).join('');
  });
}

type Matcher = ReturnType<RE2JS['matcher']>;

function patternOf(text: string): RE2JS {
  try {
    return compilePattern(text);
  } catch {
    throw failed(`invalid regular expression in label_replace(): ${text}`);
  }
}

type TemplatePart = string | { readonly group: string };

/** Go's Regexp.Expand: `$name`, `${name}`, `$1`; the longest run of word characters is the name; `$$` is a dollar. */
function templateOf(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu)) {
    parts.push(text.slice(at, match.index));
    const group = match[1] ?? match[2];
    parts.push(group === undefined ? '$' : { group });
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

function groupOf(matcher: Matcher, name: string): string | undefined {
  try {
    const group = /^\d+$/.test(name) ? Number(name) : name;
    return matcher.group(group) ?? undefined;
  } catch {
    // Go expands a group that does not exist to nothing.
    return undefined;
  }
}

function labelJoin(call: Call): VectorValue {
  const [target, separator, ...sources] = call.args.slice(1).map((_, index) => stringArg(call, index + 1));
  for (const source of sources) {
    if (!isLabelName(source)) throw failed(`invalid source label name in label_join(): ${source}`);
  }
  if (target === undefined || !isLabelName(target))
    throw failed(`invalid destination label name in label_join(): ${target}`);
  return relabel(call, target, (labels) => sources.map((source) => labelValue(labels, source)).join(separator));
}

/** Sets a label of every series that `value` has one for. A name given this way stays. */
function relabel(call: Call, target: string, value: (labels: Labels) => string | undefined): VectorValue {
  const series = vectorArg(call, 0).series.map((one): GridSeries => {
    const text = value(one.labels);
    if (text === undefined) return one;
    return withLabels(one, withLabel(one.labels, target, text), target === METRIC_NAME ? false : one.dropName);
  });
  return { kind: 'vector', series: mergeSame(series) };
}
