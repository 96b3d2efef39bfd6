/** An exemplar's labels, taken apart into trace, span and the rest. */
import { type Labels, labelPairs, labelsFrom } from '#model';
import { parseLabels } from './exposition/index.ts';

export interface ExemplarParts {
  readonly traceId: string;
  readonly spanId: string;
  readonly labels: Labels;
}

/** Undefined when names and values together are longer than OpenMetrics allows. Throws ExpositionProblem. */
export function readExemplar(text: string, charsMax: number): ExemplarParts | undefined {
  const labels = parseLabels(text, { loose: false });
  let chars = 0;
  for (const part of labels) chars += [...part].length;
  if (chars > charsMax) return undefined;
  let traceId = '';
  let spanId = '';
  const rest: [string, string][] = [];
  for (const [name, value] of labelPairs(labels)) {
    if (/^trace_?id$/i.test(name) && /^[0-9a-fA-F]{32}$/.test(value)) traceId = value.toLowerCase();
    else if (/^span_?id$/i.test(name) && /^[0-9a-fA-F]{16}$/.test(value)) spanId = value.toLowerCase();
    else rest.push([name, value]);
  }
  return { traceId, spanId, labels: labelsFrom(rest) };
}
