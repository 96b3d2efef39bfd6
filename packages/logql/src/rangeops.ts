import type { Grouping, RangeOp } from './ast.ts';

const groupable: ReadonlySet<RangeOp> = new Set<RangeOp>([
  ...(['avg_over_time', 'stddev_over_time', 'stdvar_over_time', 'quantile_over_time'] as const),
  ...(['max_over_time', 'min_over_time', 'first_over_time', 'last_over_time'] as const),
]);
const ofLines: ReadonlySet<RangeOp> = new Set<RangeOp>([
  ...(['rate', 'count_over_time', 'bytes_rate', 'bytes_over_time', 'absent_over_time'] as const),
]);
const neverUnwrapped: ReadonlySet<RangeOp> = new Set<RangeOp>(['count_over_time', 'bytes_rate', 'bytes_over_time']);

interface Asked {
  readonly op: RangeOp;
  readonly param: string | undefined;
  readonly hasUnwrap: boolean;
  readonly grouping: Grouping | undefined;
}

/** Why a range aggregation makes no sense, in Loki's words. */
export function rangeProblem({ op, param, hasUnwrap, grouping }: Asked): string | undefined {
  if (param !== undefined && op !== 'quantile_over_time') return `parameter ${param} not supported for operation ${op}`;
  if (param === undefined && op === 'quantile_over_time') return `parameter required for operation ${op}`;
  if (grouping !== undefined && !groupable.has(op)) return `grouping not allowed for ${op} aggregation`;
  if (hasUnwrap) return neverUnwrapped.has(op) ? `invalid aggregation ${op} with unwrap` : undefined;
  return ofLines.has(op) ? undefined : `invalid aggregation ${op} without unwrap`;
}
