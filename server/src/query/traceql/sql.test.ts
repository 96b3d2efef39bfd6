import { parseQuery } from '@farol/traceql';
import { expect, test } from 'vitest';
import { limits } from '#model';
import { renderSql, type Sql } from '#store';
import { timeWithin } from '../stored/index.ts';
import { candidatesSql, newestSql } from './candidates.ts';
import { groupsSql, sqlPlan } from './metrics/bysql.ts';
import { rangeGrid } from './metrics/grid.ts';
import { needsOf, oneFilter } from './needs.ts';

const signal = new AbortController().signal;
const pipelineOf = (text: string) => {
  const { body } = parseQuery(text);
  if (body.kind !== 'pipeline') throw new Error('not a pipeline');
  return body;
};
const conditionsOf = (text: string) =>
  needsOf(pipelineOf(text)).conditions.map(({ sql, exact }) => ({ exact, text: inlined(sql) }));

/** For reading: the parameters stand where they are used. */
function inlined(sql: Sql): string {
  const { text, params } = renderSql(sql);
  return text.replaceAll(/\{(p\d+):\w+\}/g, (_, name: string) => JSON.stringify(params[name]));
}

test('a filter becomes a condition over the row, exact where the row tells all', () => {
  for (const text of [
    '{ name = "a" && duration > 1.5ms }',
    '{ resource.service.name =~ "a|b" || status = error }',
    '{ span.a = "x" }',
    '{ .a >= 2 }',
    '{ !(kind = client) && .b }',
    '{ span.c != nil }',
    '{ span.http.response.status_code >= 500 }',
    '{ nestedSetParent < 0 }',
    '{ event:name = "x" && trace:duration > 1s }',
    '{ .a + 1 = 2 }',
  ]) {
    expect(conditionsOf(text), text).toMatchSnapshot();
  }
});

test('what a trace must have follows from the first stages of a pipeline', () => {
  const f = (text: string, expected: readonly string[]) =>
    expect(needsOf(pipelineOf(text)).conditions.map(({ sql, spansMin }) => `${spansMin} × ${inlined(sql)}`)).toEqual(
      expected,
    );
  f('{ name = "a" } >> { name = "b" }', ['1 × name = "a"', '1 × name = "b"']);
  f('{ name = "a" } !> { name = "b" }', ['1 × name = "b"']);
  f('{ name = "a" } || { name = "b" }', ['1 × ((name = "a") OR (name = "b"))']);
  f('{ } && { name = "b" }', ['1 × name = "b"']);
  f('{ name = "a" } | count() > 2', ['3 × name = "a"']);
  f('{ name = "a" } | max(duration) > 1s', ['1 × name = "a" AND duration_ns > "1000000000"']);
  f('{ name = "a" } | { status = error } | select(.x)', [`1 × name = "a" AND toString(status) = "error"`]);
  f('by(name)', ['1 × 1']);
});

test('candidates are asked for newest first, and together where several spans make a trace one', () => {
  const within = timeWithin({ startMs: 1000, endMs: 2000 });
  const f = (text: string) => candidatesSql({ tenant: "t'", needs: needsOf(pipelineOf(text)) }, within, { limit: 20 });
  expect(
    renderSql(newestSql({ tenant: "t'", needs: needsOf(pipelineOf('{ name = "a" }')) }, within, 20)),
  ).toMatchSnapshot();
  expect(inlined(f('{ name = "a" } >> { name = "b" }'))).toMatchSnapshot();
  expect(inlined(f('{ name = "a" } | avg(duration) > 1s'))).toMatchSnapshot();
});

test('series of one filter are one statement', () => {
  const { body } = parseQuery('{ name = "a" } | quantile_over_time(duration, 0.9) by (resource.service.name, span.b)');
  if (body.kind !== 'metrics' || body.first.kind !== 'series') throw new Error('not series');
  const plan = sqlPlan(body.first, oneFilter(body.pipeline.stages));
  if (plan === undefined) throw new Error('not by SQL alone');
  const grid = rangeGrid({ startNs: 90_000_000_000n, endNs: 200_000_000_000n, stepNs: 60_000_000_000n }, limits.query);
  expect(grid).toEqual({ afterNs: 0n, untilNs: 240_000_000_000n, stepNs: 60_000_000_000n, count: 4 });
  expect(inlined(groupsSql(plan, { tenant: 't', grid, signal }, 100))).toMatchSnapshot();
});
