/** Exemplars and metadata, from the tables. */
import type { MetadataRow, MetricType, SeriesRef } from '#model';
import { type AskLimits, ask } from '../ask.ts';
import type { ExemplarsOfSeries } from '../contract.ts';
import { int, joinSql, sql, text } from '../sql.ts';
import type { Wire } from '../wire.ts';
import { type ByteReader, rowBinaryRows } from './rowbinary-reader.ts';
import { tooMany } from './sample-runs.ts';
import { type SampleDeps, type SampleQuestion, windowCondition } from './sample-sql.ts';

type Exemplar = ExemplarsOfSeries['exemplars'][number];

export async function exemplarsFromTables(question: SampleQuestion, deps: SampleDeps): Promise<ExemplarsOfSeries[]> {
  if (question.refs.length === 0) return [];
  const { wire, catalogue, msMax } = deps;
  const asked = new Set<SeriesRef>(question.refs);
  const query = sql`
    SELECT id, time, value, trace_id, span_id, labels
    FROM exemplars
    WHERE ${windowCondition(question, catalogue)}`;
  const answer = await wire.read(query, 'RowBinary', { signal: question.signal, msMax });
  const found = new Map<SeriesRef, Map<string, Exemplar>>();
  let count = 0;
  for await (const rows of rowBinaryRows(answer, readExemplar)) {
    count += rows.length;
    if (count > question.limits.samplesMax) throw tooMany('samples', question.limits.samplesMax);
    for (const { id, exemplar } of rows) {
      const ref = catalogue.refOfId(question.tenant, id);
      if (!asked.has(ref)) continue;
      const known = found.get(ref) ?? new Map<string, Exemplar>();
      // A request that was sent twice brings its exemplars twice.
      known.set(`${exemplar.timeMs} ${exemplar.value} ${exemplar.traceId} ${exemplar.spanId}`, exemplar);
      found.set(ref, known);
    }
  }
  return Array.from(found, ([ref, exemplars]) => ({
    labels: catalogue.labelsOf(ref),
    exemplars: [...exemplars.values()].sort((a, b) => a.timeMs - b.timeMs),
  }));
}

function readExemplar(reader: ByteReader): { id: number; exemplar: Exemplar } {
  const id = reader.integer64();
  const exemplar = {
    timeMs: reader.integer64(),
    value: reader.float64(),
    traceId: reader.text(),
    spanId: reader.text(),
    labels: reader.pairs(),
  };
  return { id, exemplar };
}

export interface MetadataQuestion {
  readonly tenant: string;
  readonly metric?: string;
  /** 0: no limit. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** The newest of each metric, by name. */
export async function metadataFromTables(
  question: MetadataQuestion,
  wire: Wire,
  limits: AskLimits,
): Promise<MetadataRow[]> {
  const { tenant, metric, limit, signal } = question;
  const conditions = [sql`tenant = ${text(tenant)}`];
  if (metric !== undefined) conditions.push(sql`metric = ${text(metric)}`);
  const query = sql`
    SELECT metric, argMax(type, seen) AS newest_type, argMax(unit, seen) AS newest_unit,
      argMax(help, seen) AS newest_help
    FROM metadata
    WHERE ${joinSql(conditions, ' AND ')}
    GROUP BY metric
    ORDER BY metric
    LIMIT ${int(limit > 0 ? limit : metadataRowsMax)}`;
  const rows = await ask<NewestMetadata>(wire, query, { signal }, limits);
  return rows.map((row) => ({
    metric: row.metric,
    type: row.newest_type,
    unit: row.newest_unit,
    help: row.newest_help,
  }));
}

interface NewestMetadata {
  readonly metric: string;
  readonly newest_type: MetricType;
  readonly newest_unit: string;
  readonly newest_help: string;
}

const metadataRowsMax = 1_000_000;
