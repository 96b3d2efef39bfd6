/** From the labels a target exposes to the labels that are stored. */
import { type Labels, type Limits, labelPairs, labelsFrom, labelValue } from '#model';
import type { ScrapeJob } from './config/index.ts';
import { ExpositionProblem } from './exposition/index.ts';
import { isLabelName, relabel } from './relabel.ts';

export type LabellingRules = Pick<
  ScrapeJob,
  'honorLabels' | 'metricRelabelRules' | 'legacyNames' | 'labelsMax' | 'labelNameBytesMax' | 'labelValueBytesMax'
>;

export type Labelled =
  | { readonly kind: 'kept'; readonly labels: Labels }
  /** `reason` is the ledger's word. */
  | { readonly kind: 'dropped'; readonly reason: string; readonly example: string };

/** Throws ExpositionProblem when the whole scrape must fail: the job's own label limits, or a name that cannot be. */
export function storedLabels(
  exposed: Labels,
  target: Labels,
  rules: LabellingRules,
  limits: Limits['receive'],
): Labelled {
  const labels = withTarget(exposed, target, rules.honorLabels);
  const kept = relabel(labels, rules.metricRelabelRules);
  if (!kept || labels.size === 0) {
    return { kind: 'dropped', reason: 'metric_relabel_configs', example: labelValue(exposed, '__name__') };
  }
  checkNames(labels, rules.legacyNames);
  checkJobLimits(labels, rules);
  return dropOverLimits(labels, limits) ?? { kind: 'kept', labels: labelsFrom(labels) };
}

/** The target's own labels win unless it is trusted; what it said itself moves to `exported_…`. */
function withTarget(exposed: Labels, target: Labels, honor: boolean): Map<string, string> {
  const labels = new Map(labelPairs(exposed));
  const displaced: [string, string][] = [];
  for (const [name, value] of labelPairs(target)) {
    const own = labels.get(name);
    if (own !== undefined && honor) continue;
    if (own !== undefined) displaced.push([name, own]);
    labels.set(name, value);
  }
  for (const [name, value] of displaced.sort((a, b) => a[0].length - b[0].length)) {
    let free = `exported_${name}`;
    while (labels.has(free)) free = `exported_${free}`;
    labels.set(free, value);
  }
  return labels;
}

/** `up` and its like: the target has no say in them. */
export function reportLabels(name: string, target: Labels): Labels {
  return labelsFrom([...labelPairs(target), ['__name__', name]]);
}

function checkNames(labels: ReadonlyMap<string, string>, legacy: boolean): void {
  const metric = labels.get('__name__') ?? '';
  if (metric === '') throw new ExpositionProblem('missing metric name (__name__ label)');
  const isMetric = legacy ? /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric) : metric.isWellFormed();
  const bad = isMetric ? [...labels.keys()].find((name) => !isLabelName(name, legacy)) : metric;
  if (bad !== undefined) throw new ExpositionProblem(`invalid metric name or label name: ${JSON.stringify(bad)}`);
}

function checkJobLimits(labels: ReadonlyMap<string, string>, rules: LabellingRules): void {
  const metric = (labels.get('__name__') ?? '').slice(0, 50);
  if (rules.labelsMax > 0 && labels.size > rules.labelsMax) {
    throw new ExpositionProblem(
      `label_limit exceeded (metric: ${metric}, number of labels: ${labels.size}, limit: ${rules.labelsMax})`,
    );
  }
  for (const [name, value] of labels) {
    const [nameBytes, valueBytes] = [Buffer.byteLength(name), Buffer.byteLength(value)];
    if (rules.labelNameBytesMax > 0 && nameBytes > rules.labelNameBytesMax) {
      throw new ExpositionProblem(
        `label_name_length_limit exceeded (metric: ${metric}, label name: ${name.slice(0, 50)}, length: ${nameBytes}, limit: ${rules.labelNameBytesMax})`,
      );
    }
    if (rules.labelValueBytesMax > 0 && valueBytes > rules.labelValueBytesMax) {
      throw new ExpositionProblem(
        `label_value_length_limit exceeded (metric: ${metric}, label name: ${name.slice(0, 50)}, value: ${JSON.stringify(value.slice(0, 50))}, length: ${valueBytes}, limit: ${rules.labelValueBytesMax})`,
      );
    }
  }
}

/** Farol's own limits cost a series, not the scrape: the job did not ask for them. */
function dropOverLimits(labels: ReadonlyMap<string, string>, limits: Limits['receive']): Labelled | undefined {
  const example = (labels.get('__name__') ?? '').slice(0, 100);
  if (labels.size > limits.labelsMax) return { kind: 'dropped', reason: 'too_many_labels', example };
  for (const [name, value] of labels) {
    if (Buffer.byteLength(name) > limits.labelNameBytesMax)
      return { kind: 'dropped', reason: 'label_name_too_long', example };
    if (Buffer.byteLength(value) > limits.labelValueBytesMax)
      return { kind: 'dropped', reason: 'label_value_too_long', example };
  }
  return undefined;
}
