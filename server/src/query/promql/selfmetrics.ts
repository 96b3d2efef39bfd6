/** What the evaluator says about itself, in Prometheus' conventions. */
import { counter, gauge } from '#kit';

export const stepsAnswered = counter(
  'farol_query_steps_total',
  'Steps of PromQL range queries: evaluated, or reused because they were finished.',
  ['source'],
);
export const finishedBytes = gauge('farol_query_finished_bytes', 'Memory of the finished steps of range queries.');
