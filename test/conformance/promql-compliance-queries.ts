import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** One query of the compliance suite, with its template filled in. */
export interface ComplianceCase {
  readonly query: string;
  readonly shouldFail: boolean;
  readonly skipComparison: boolean;
}

interface Template {
  readonly query: string;
  readonly variant_args?: readonly string[];
  readonly should_fail?: boolean;
  readonly skip_comparison?: boolean;
}

/** What the templates' arguments stand for (prometheus/compliance, promql/testcases). */
const argValues: Readonly<Record<string, readonly string[]>> = {
  range: ['1s', '15s', '1m', '5m', '15m', '1h'],
  offset: ['1m', '5m', '10m'],
  simpleAggrOp: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar'],
  simpleTimeAggrOp: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar', 'absent', 'last'],
  topBottomOp: ['topk', 'bottomk'],
  quantile: ['-0.5', '0.1', '0.5', '0.75', '0.95', '0.90', '0.99', '1', '1.5'],
  arithBinOp: ['+', '-', '*', '/', '%', '^'],
  compBinOp: ['==', '!=', '<', '>', '<=', '>='],
  binOp: ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '>', '<=', '>='],
  simpleMathFunc: ['abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'round'],
  extrapolatedRateFunc: ['delta', 'rate', 'increase'],
  clampFunc: ['clamp_min', 'clamp_max'],
  instantRateFunc: ['idelta', 'irate'],
  dateFunc: ['day_of_month', 'day_of_week', 'days_in_month', 'hour', 'minute', 'month', 'year'],
};

/** Every template with every combination of its arguments. */
export function complianceCases(file: URL): ComplianceCase[] {
  const { test_cases } = parse(readFileSync(file, 'utf8')) as { test_cases: readonly Template[] };
  return test_cases.flatMap(({ query, variant_args = [], should_fail = false, skip_comparison = false }) => {
    const filled = variant_args.reduce<readonly string[]>(withArg, [String(query)]);
    return filled.map((text) => ({ query: text, shouldFail: should_fail, skipComparison: skip_comparison }));
  });
}

function withArg(queries: readonly string[], arg: string): string[] {
  const values = argValues[arg];
  if (values === undefined) throw new Error(`the suite has a new argument: ${arg}`);
  return queries.flatMap((query) => values.map((value) => query.replaceAll(`{{.${arg}}}`, value)));
}
