import type { ValueType } from './ast.ts';

/** A function's shape. `variadic`: 0 exact, n > 0 up to n extra arguments, -1 any number of the last type. */
export interface FunctionSignature {
  readonly name: string;
  readonly argTypes: readonly ValueType[];
  readonly variadic: number;
  readonly returnType: ValueType;
  readonly experimental: boolean;
}

/** Every function of PromQL (https://prometheus.io/docs/prometheus/latest/querying/functions/). */
export const functions: ReadonlyMap<string, FunctionSignature> = new Map(
  [
    ...family('vector', ['vector'], 'abs absent ceil exp floor ln log10 log2 sgn sqrt sort sort_desc timestamp'),
    ...family('vector', ['vector'], 'acos acosh asin asinh atan atanh cos cosh deg rad sin sinh tan tanh'),
    ...family('vector', ['vector'], 'histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar'),
    ...family('vector', ['matrix'], 'absent_over_time avg_over_time changes count_over_time delta deriv'),
    ...family('vector', ['matrix'], 'first_over_time idelta increase irate last_over_time max_over_time min_over_time'),
    ...family('vector', ['matrix'], 'present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time'),
    ...family('vector', ['vector'], 'days_in_month day_of_month day_of_week day_of_year hour minute month year', 1),
    ...family('vector', ['vector', 'scalar', 'scalar'], 'clamp'),
    ...family('vector', ['vector', 'scalar'], 'clamp_max clamp_min'),
    ...family('vector', ['vector', 'scalar'], 'round', 1),
    ...family('vector', ['scalar', 'scalar', 'vector'], 'histogram_fraction'),
    ...family('vector', ['scalar', 'vector'], 'histogram_quantile'),
    ...family('vector', ['scalar', 'matrix'], 'quantile_over_time'),
    ...family('vector', ['matrix', 'scalar'], 'predict_linear'),
    ...family('vector', ['vector', 'string', 'string', 'string', 'string'], 'label_replace'),
    ...family('vector', ['vector', 'string', 'string', 'string'], 'label_join', -1),
    ...family('vector', ['scalar'], 'vector'),
    ...family('scalar', ['vector'], 'scalar'),
    ...family('scalar', [], 'pi time'),
    ...experimental(family('scalar', [], 'start end step range')),
    ...experimental(family('scalar', ['scalar', 'scalar'], 'max_of min_of')),
    ...experimental(family('vector', ['matrix', 'scalar', 'scalar'], 'double_exponential_smoothing')),
    ...experimental(family('vector', ['matrix'], 'mad_over_time ts_of_first_over_time ts_of_last_over_time')),
    ...experimental(family('vector', ['matrix'], 'ts_of_max_over_time ts_of_min_over_time')),
    ...experimental(family('vector', ['vector', 'string'], 'sort_by_label sort_by_label_desc', -1)),
    ...experimental(family('vector', ['vector', 'string', 'scalar', 'scalar'], 'histogram_quantiles', 9)),
    ...experimental(family('vector', ['vector', 'vector'], 'info', 1)),
    ...experimental(family('vector', ['vector'], 'start_timestamp')),
  ]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((signature) => [signature.name, signature]),
);

function family(returnType: ValueType, argTypes: readonly ValueType[], names: string, variadic = 0) {
  return names
    .split(' ')
    .map((name): FunctionSignature => ({ name, argTypes, variadic, returnType, experimental: false }));
}

function experimental(signatures: readonly FunctionSignature[]): FunctionSignature[] {
  return signatures.map((signature) => ({ ...signature, experimental: true }));
}
