import { type Labels, labelPairs, labelsFrom, labelsKey } from '#model';
import type { EvaluateDeps } from './deps.ts';
import { failed, type Moment, type RecordingRule, type RuleSample, samplesOf } from './rule.ts';

/** What the rule records. Refuses what its query refuses, and series that its labels make one. */
export async function evaluateRecording(
  { spec }: RecordingRule,
  moment: Moment,
  deps: EvaluateDeps,
): Promise<RuleSample[]> {
  const found = await samplesOf(spec.query, moment, deps);
  const seen = new Set<string>();
  const samples = found.map((sample) => ({ ...sample, labels: recordedLabels(sample.labels, spec.name, spec.labels) }));
  for (const { labels } of samples) seen.add(labelsKey(labels));
  if (seen.size < samples.length) {
    throw failed('vector contains metrics with the same labelset after applying rule labels');
  }
  const { limit } = moment;
  if (limit > 0 && samples.length > limit) throw failed(`exceeded limit of ${limit} with ${samples.length} series`);
  return samples;
}

function recordedLabels(labels: Labels, name: string, own: Labels): Labels {
  return labelsFrom([...labelPairs(labels), ['__name__', name], ...labelPairs(own)]);
}
