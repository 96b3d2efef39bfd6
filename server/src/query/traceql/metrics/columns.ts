/** What a stage groups by and what it computes of, as columns of the span's row. */
import type { Field, SeriesStage } from '@farol/traceql';
import { type Sql, sql } from '#store';
import { cellSql, inColumn, isService, numberColumn, placesOf } from '../fields.ts';

export interface GroupColumn {
  /** What rows are grouped by: a narrow column where there is one. */
  readonly inner: Sql;
  /** The group as a cell, of its alias. */
  readonly cell: (name: Sql) => Sql;
}

export function groupColumn(field: Field): GroupColumn | undefined {
  const plain = plainColumn(field);
  if (plain !== undefined)
    return { inner: plain.column, cell: (name) => sql`tuple(1, toString(${name}), ${plain.type})` };
  const [place, ...others] = placesOf(field);
  if (place?.column !== undefined && others.length === 0) return { inner: place.column, cell: cellOfColumn };
  const cell = cellSql(field);
  return cell && { inner: cell, cell: (name) => name };
}

function cellOfColumn(name: Sql): Sql {
  const { there, held, type } = inColumn(name);
  return sql`tuple(toUInt8(${there}), toString(${held}), toString(${type}))`;
}

function plainColumn(field: Field): { column: Sql; type: Sql } | undefined {
  if (isService(field)) return { column: sql`service`, type: sql`''` };
  if (field.kind !== 'intrinsic') return undefined;
  switch (field.name) {
    case 'span:name':
      return { column: sql`name`, type: sql`''` };
    case 'span:kind':
      return { column: sql`kind`, type: sql`'kind'` };
    case 'span:status':
      return { column: sql`status`, type: sql`'status'` };
    case 'instrumentation:name':
      return { column: sql`scope_name`, type: sql`''` };
    default:
      return undefined;
  }
}

/** The power of two at or above a number, NULL where there is none; durations in seconds. */
function boundColumn(field: Field): Sql | undefined {
  if (field.kind === 'intrinsic') {
    if (field.name !== 'span:duration') return undefined;
    return sql`if(duration_ns < 2, NULL, toFloat64(roundToExp2(duration_ns - 1)) * 2 / 1e9)`;
  }
  const cell = cellSql(field);
  const number = numberColumn(field);
  if (cell === undefined || number === undefined) return undefined;
  return sql`multiIf(tupleElement(${cell}, 3) = 'double', if(${number} > 0, exp2(ceil(log2(${number}))), NULL),
    ${number} >= 2, exp2(ceil(log2(${number}))), NULL)`;
}

export interface StageColumns {
  /** The aggregate of each group and step. */
  readonly aggregate: Sql;
  /** The bucket's bound, which is a group, too. */
  readonly bound?: Sql;
}

/** Undefined when the row does not tell what is computed of. */
export function stageColumns({ op, field }: SeriesStage): StageColumns | undefined {
  if (op === 'rate' || op === 'count_over_time') return { aggregate: sql`toFloat64(count())` };
  if (field === undefined) return undefined;
  if (op === 'histogram_over_time' || op === 'quantile_over_time') {
    const bound = boundColumn(field);
    return bound && { aggregate: sql`toFloat64(count())`, bound };
  }
  const number = numberColumn(field);
  if (number === undefined) return undefined;
  switch (op) {
    case 'min_over_time':
      return { aggregate: sql`min(${number})` };
    case 'max_over_time':
      return { aggregate: sql`max(${number})` };
    case 'sum_over_time':
      return { aggregate: sql`sum(${number})` };
    case 'avg_over_time':
      return { aggregate: sql`avg(${number})` };
  }
}
