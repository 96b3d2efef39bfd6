import { counter, gauge, histogram } from '#kit';

const group = ['rule_group'] as const;

export const evaluationsTotal = counter('farol_rule_evaluations_total', 'Evaluations of rules.', group);
export const failuresTotal = counter(
  'farol_rule_evaluation_failures_total',
  'Evaluations of rules that failed.',
  group,
);
export const iterationsTotal = counter(
  'farol_rule_group_iterations_total',
  'Evaluations of rule groups that were due, whether they took place or were missed.',
  group,
);
export const missedTotal = counter(
  'farol_rule_group_iterations_missed_total',
  'Evaluations of rule groups that were missed, because the one before took too long or Farol stood still.',
  group,
);
export const lostSamplesTotal = counter(
  'farol_rule_samples_lost_total',
  'Samples of rules that could not be stored.',
  group,
);
export const intervalSeconds = gauge('farol_rule_group_interval_seconds', 'The interval of a rule group.', group);
export const rulesCount = gauge('farol_rule_group_rules', 'The rules of a group.', group);
export const lastEvaluation = gauge(
  'farol_rule_group_last_evaluation_timestamp_seconds',
  'When the rule group was last evaluated.',
  group,
);
export const lastDuration = gauge('farol_rule_group_last_duration_seconds', 'How long that took.', group);
export const lastSamples = gauge('farol_rule_group_last_evaluation_samples', 'Samples that it made.', group);
export const ruleSeconds = histogram('farol_rule_evaluation_duration_seconds', 'How long evaluations of a rule took.');
export const groupSeconds = histogram(
  'farol_rule_group_duration_seconds',
  'How long evaluations of a group took, until its samples were durable.',
);
export const expansions = counter('farol_template_text_expansions_total', 'Templates of alerts that were run.');
export const expansionFailures = counter('farol_template_text_expansion_failures_total', 'Those that failed.');

/** A group that is gone says nothing any more. */
export function forgetGroup(key: string): void {
  const labels = { rule_group: key };
  const all = [
    evaluationsTotal,
    failuresTotal,
    iterationsTotal,
    missedTotal,
    lostSamplesTotal,
    intervalSeconds,
    rulesCount,
    lastEvaluation,
    lastDuration,
    lastSamples,
  ];
  for (const metric of all) metric.remove(labels);
}
