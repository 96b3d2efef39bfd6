import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Legend } from '../../charts/Legend.tsx';
import { onGrid, summaryOf } from '../../charts/lines.ts';
import type { ChartPoint } from '../../charts/Points.tsx';
import type { Unit } from '../../charts/scale.ts';
import { type DrawnSeries, TimeChart } from '../../charts/TimeChart.tsx';
import { ApiFailure } from '../../data/http.ts';
import { type PromExemplar, type RangeSeries, useExemplars, useRangeQueries } from '../../data/prometheus.ts';
import type { Format } from '../../format/format.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { hueCount } from '../../look/hues.ts';
import { Empty, Failed } from '../../parts/Faces.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { letterOf } from './MetricsPage.tsx';
import { nameSeries, printLabels } from './seriesNames.ts';
import { alignedTo, stepMsFor } from './step.ts';
import { unitOf } from './units.ts';

/** More lines than this cannot be told apart by anyone. */
const seriesMax = 60;

export function GraphResult({ queries }: { queries: readonly string[] }) {
  const words = useWords();
  const format = useFormat();
  const [search] = useUrl();
  const range = useRange();
  const [only, setOnly] = useState<string>();
  const stepMs = stepMsFor(range, search.step);
  const { startMs, endMs } = alignedTo(range, stepMs);
  const answers = useRangeQueries(queries, { startMs, endMs, stepMs }, true);
  const exemplars = useExemplars(queries, { startMs, endMs }, search.exemplars === '1');
  const found = answers.flatMap((answer, query) => (answer.data?.series ?? []).map((series) => ({ series, query })));
  const timesMs = useMemo(
    () => Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_, i) => startMs + i * stepMs),
    [startMs, endMs, stepMs],
  );
  const drawn = drawnFrom({ found, several: queries.length > 1, startMs, endMs, stepMs });
  const unit = commonUnit(queries);
  const say = sayOf(unit, format);
  const points = pointsFrom(
    exemplars.flatMap(({ data }) => data ?? []),
    say,
  );
  const shown = drawn.filter(({ name }) => only === undefined || name === only);
  const waiting = answers.some(({ isPending }) => isPending);
  const failed = answers.filter(({ error }) => error);
  const named = nameSeries(found.map(({ series }) => series.labels));
  return (
    <>
      {answers.map(
        (answer, i) =>
          answer.error && (
            <QueryFailure
              key={queries[i]}
              letter={letterOf(i)}
              error={answer.error}
              retry={answer.refetch}
              alone={queries.length === 1}
            />
          ),
      )}
      <Notices
        warnings={answers.flatMap(({ data }) => data?.warnings ?? [])}
        infos={answers.flatMap(({ data }) => data?.infos ?? [])}
      />
      {waiting && found.length === 0 && failed.length === 0 && <Skeleton height={380} />}
      {!waiting && found.length === 0 && failed.length === 0 && (
        <Empty title={words.metricsNoSeries} hint={words.metricsNoSeriesHint} />
      )}
      {found.length > 0 && (
        <>
          <p className="metrics-count quiet">
            {words.seriesCount(found.length)}
            {found.length > 1 && Object.keys(named.common).length > 0 && (
              <span className="mono faint"> {printLabels(named.common)}</span>
            )}
            {found.length > seriesMax && <span> {words.seriesCut(seriesMax, found.length)}</span>}
          </p>
          <TimeChart
            label={queries.join(', ')}
            startMs={startMs}
            endMs={endMs}
            timesMs={timesMs}
            series={shown}
            points={points}
            unit={unit}
            say={say}
            height={360}
            onZoom={range.zoomTo}
            onBack={range.zoomBack}
          />
          <Legend
            series={highestFirst(drawn)}
            timesMs={timesMs}
            say={say}
            only={only}
            onOnly={setOnly}
            rowsMax={seriesMax}
          />
        </>
      )}
    </>
  );
}

export function QueryFailure({
  letter,
  error,
  retry,
  alone,
}: {
  letter: string;
  error: Error;
  retry: () => unknown;
  alone: boolean;
}) {
  // A question that cannot be asked is not a failure to load: its words are the answer.
  if (error instanceof ApiFailure && (error.status === 400 || error.status === 422) && error.message !== '') {
    return (
      <p className="notice mono" data-tone="bad" role="alert">
        {!alone && `${letter}: `}
        {error.message}
      </p>
    );
  }
  return (
    <div className="query-failure">
      {!alone && <span className="metrics-letter">{letter}</span>}
      <Failed error={error} retry={retry} />
    </div>
  );
}

/** What Prometheus would warn about, as it says it. */
export function Notices({ warnings, infos }: { warnings: readonly string[]; infos: readonly string[] }) {
  return (
    <>
      {[...new Set(warnings)].map((text) => (
        <p key={text} className="notice" data-tone="warn">
          <IconAlertTriangle size={14} aria-hidden="true" /> {text}
        </p>
      ))}
      {[...new Set(infos)].map((text) => (
        <p key={text} className="notice">
          <IconInfoCircle size={14} aria-hidden="true" /> {text}
        </p>
      ))}
    </>
  );
}

export function sayOf(unit: Unit, format: Format): (value: number) => string {
  switch (unit) {
    case 'ms':
      return format.durationMs;
    case 'seconds':
      return (seconds) => format.durationMs(seconds * 1_000);
    case 'share':
      return format.share;
    case 'rate':
      return format.rate;
    case 'bytes':
      return format.bytes;
    case 'count':
      return format.count;
    case 'plain':
      return format.plain;
  }
}

interface Found {
  readonly series: RangeSeries;
  readonly query: number;
}

function drawnFrom(options: {
  found: readonly Found[];
  several: boolean;
  startMs: number;
  endMs: number;
  stepMs: number;
}): readonly DrawnSeries[] {
  const { found, several, ...grid } = options;
  const { nameOf } = nameSeries(found.map(({ series }) => series.labels));
  return found.slice(0, seriesMax).map(({ series, query }, i) => ({
    name: `${query} ${printLabels(series.labels)}`,
    label: `${several ? `${letterOf(query)} · ` : ''}${nameOf(series.labels)}`,
    color: `var(--hue-${i % hueCount})`,
    values: onGrid({ timesMs: series.timesMs, values: series.values, ...grid }),
  }));
}

// Colours stay with the names; only the rows move.
function highestFirst(series: readonly DrawnSeries[]): readonly DrawnSeries[] {
  const highest = ({ values }: DrawnSeries) => summaryOf(values).max ?? Number.NEGATIVE_INFINITY;
  return [...series].sort((a, b) => highest(b) - highest(a));
}

function commonUnit(queries: readonly string[]): Unit {
  const units = new Set(queries.map(unitOf));
  const [first] = units;
  return units.size === 1 && first ? first : 'plain';
}

const pointsMax = 200;

function pointsFrom(exemplars: readonly PromExemplar[], say: (value: number) => string): readonly ChartPoint[] {
  const unique = [
    ...new Map(exemplars.map((exemplar) => [`${exemplar.traceId} ${exemplar.timeMs}`, exemplar])).values(),
  ];
  return unique.slice(-pointsMax).map(({ timeMs, value, traceId, labels, series }) => ({
    timeMs,
    value,
    traceId,
    spanId: labels.span_id ?? labels.spanID,
    label: printLabels(Object.fromEntries(Object.entries(series).filter(([key]) => key !== 'le'))),
    says: say(value),
    failed: /^5\d\d$/.test(
      series.http_response_status_code ?? series.status_code ?? series.code ?? series.status ?? '',
    ),
  }));
}
