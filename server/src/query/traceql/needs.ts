/** What spans a trace must have for a pipeline to find anything in it: the question that SQL answers first. */
import type { FieldExpr, Pipeline, SpansetSource, Stage } from '@farol/traceql';
import { float, type Sql, sql } from '#store';
import { any } from '../stored/index.ts';
import { always, type Condition } from './comparison.ts';
import { allOf, conditionOf } from './condition.ts';
import { numberColumn } from './fields.ts';

interface Need extends Condition {
  /** How many spans of the trace it must be true of. */
  readonly spansMin: number;
}

export interface Needs {
  readonly conditions: readonly Need[];
  /** What an aggregate over spans of one trace must be, for `HAVING`. */
  readonly aggregate?: Sql;
  /** The pipeline is one filter that SQL decides: a trace that has what is needed is an answer. */
  readonly decided: boolean;
}

export function needsOf(pipeline: Pipeline): Needs {
  const filter = oneFilter(pipeline.stages);
  if (filter !== undefined) return { conditions: [one(filter)], decided: filter.exact };
  const counted = countedNeed(pipeline.stages);
  if (counted !== undefined) return { conditions: [counted], decided: false };
  const aggregated = aggregatedNeed(pipeline.stages);
  if (aggregated !== undefined) return { ...aggregated, decided: false };
  return { conditions: distinct(stageNeeds(pipeline.stages[0])).map(one), decided: false };
}

const one = (condition: Condition): Need => ({ ...condition, spansMin: 1 });

/** `{ … } | count() > 2` and `| max(duration) > 1s`: what the aggregate asks, the spans of the trace must have. */
function countedNeed([first, second]: readonly Stage[]): Need | undefined {
  if (first?.kind !== 'filter' || second?.kind !== 'scalarfilter') return undefined;
  const { lhs, rhs, op } = second;
  if (lhs.kind !== 'aggregate' || rhs.kind !== 'static') return undefined;
  const filter = conditionOf(first.expr);
  if (lhs.op === 'count' && (op === '>' || op === '>=' || op === '=')) {
    const bound = Number(rhs.literal.value);
    return { ...filter, spansMin: Math.max(1, op === '>' ? Math.floor(bound) + 1 : Math.ceil(bound)) };
  }
  const reached =
    (lhs.op === 'max' && (op === '>' || op === '>=')) || (lhs.op === 'min' && (op === '<' || op === '<='));
  if (!reached || lhs.expr === undefined) return undefined;
  const { start, end } = second;
  return one(allOf([filter, conditionOf({ kind: 'binary', op, lhs: lhs.expr, rhs, start, end })]));
}

/** `{ … } | avg(duration) > 1s`, where each span's row tells the number. A fraction is compared with a little to spare. */
function aggregatedNeed([first, second]: readonly Stage[]): Pick<Needs, 'conditions' | 'aggregate'> | undefined {
  if (first?.kind !== 'filter' || second?.kind !== 'scalarfilter') return undefined;
  const { lhs, rhs, op } = second;
  if (lhs.kind !== 'aggregate' || lhs.op === 'count' || rhs.kind !== 'static') return undefined;
  const filter = conditionOf(first.expr);
  const bound = Number(rhs.literal.value);
  const number = lhs.expr && ownNumber(lhs.expr);
  if (!filter.exact || number === undefined || !Number.isFinite(bound)) return undefined;
  const more = op === '>' || op === '>=';
  if (!more && op !== '<' && op !== '<=') return undefined;
  const spare = Math.abs(bound) * 1e-9;
  const over = sql`${aggregates[lhs.op]}(${number}, ${filter.sql})`;
  const aggregate = more ? sql`${over} >= ${float(bound - spare)}` : sql`${over} <= ${float(bound + spare)}`;
  return { conditions: [one(filter)], aggregate: sql`ifNull(${aggregate}, 0)` };
}

const aggregates = { avg: sql`avgIf`, sum: sql`sumIf`, min: sql`minIf`, max: sql`maxIf` } as const;

function ownNumber(expr: FieldExpr): Sql | undefined {
  if (expr.kind === 'intrinsic') return expr.name === 'span:duration' ? sql`toFloat64(duration_ns)` : undefined;
  return expr.kind === 'attribute' ? numberColumn(expr) : undefined;
}

/** Filters in a row are one: `{ a } | { b }`. */
export function oneFilter(stages: readonly Stage[]): Condition | undefined {
  const filters: Condition[] = [];
  for (const stage of stages) {
    if (stage.kind === 'filter') filters.push(conditionOf(stage.expr));
    else if (stage.kind !== 'select') return undefined;
  }
  return filters.length === 0 ? always : allOf(filters);
}

function stageNeeds(stage: Stage | SpansetSource | undefined): readonly Condition[] {
  switch (stage?.kind) {
    case 'filter':
      return [conditionOf(stage.expr)];
    case 'pipeline':
      return stageNeeds(stage.stages[0]);
    case 'spansets':
      return joinedNeeds(stage);
    default:
      return [always];
  }
}

function joinedNeeds({ op, lhs, rhs }: SpansetSource & { kind: 'spansets' }): readonly Condition[] {
  const left = stageNeeds(lhs);
  const right = stageNeeds(rhs);
  // Spans that stand in no relation to the left side are found also where the left side is empty.
  if (op.startsWith('!')) return right;
  if (op !== '||') return [...left, ...right];
  return [{ sql: any([...left, ...right].map(({ sql: one }) => sql`(${one})`)), exact: false }];
}

/** What is true of every span asks nothing, unless nothing else is asked. */
function distinct(conditions: readonly Condition[]): readonly Condition[] {
  const asking = conditions.filter(({ sql }) => sql !== always.sql);
  return asking.length > 0 ? asking : [always];
}
