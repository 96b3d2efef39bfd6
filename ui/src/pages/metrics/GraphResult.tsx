import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { exemplarPoints } from '../../charts/exemplarPoints.ts';
import { SeriesGraph } from '../../charts/SeriesGraph.tsx';
import { sayOf } from '../../charts/sayOf.ts';
import type { Unit } from '../../charts/scale.ts';
import { ApiFailure } from '../../data/http.ts';
import { useExemplars, useRangeQueries } from '../../data/prometheus.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Failed } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { letterOf } from './MetricsPage.tsx';
import { alignedTo, stepMsFor } from './step.ts';
import { unitOf } from './units.ts';

export function GraphResult({ queries }: { queries: readonly string[] }) {
  const words = useWords();
  const format = useFormat();
  const [search] = useUrl();
  const range = useRange();
  const stepMs = stepMsFor(range, search.step);
  const { startMs, endMs } = alignedTo(range, stepMs);
  const answers = useRangeQueries(queries, { startMs, endMs, stepMs }, true);
  const exemplars = useExemplars(queries, { startMs, endMs }, search.exemplars === '1');
  const found = answers.flatMap((answer, query) =>
    (answer.data?.series ?? []).map((series) => ({
      series,
      ...(queries.length > 1 && { prefix: letterOf(query) }),
    })),
  );
  const unit = commonUnit(queries);
  const say = sayOf(unit, format);
  const points = exemplarPoints(
    exemplars.flatMap(({ data }) => data ?? []),
    say,
  );
  const waiting = answers.some(({ isPending }) => isPending);
  const failed = answers.filter(({ error }) => error);
  const histograms = answers.reduce((sum, { data }) => sum + (data?.histograms ?? 0), 0);
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
      {answers.map(
        ({ data }, i) =>
          data !== undefined &&
          data.histograms > 0 && <Histograms key={queries[i]} query={queries[i] ?? ''} found={data.histograms} />,
      )}
      {waiting && found.length === 0 && failed.length === 0 && <Skeleton height={380} />}
      {!waiting && found.length === 0 && failed.length === 0 && histograms === 0 && (
        <Empty title={words.metricsNoSeries} hint={words.metricsNoSeriesHint} />
      )}
      {found.length > 0 && (
        <SeriesGraph
          label={queries.join(', ')}
          lines={found}
          range={{ startMs, endMs, stepMs }}
          unit={unit}
          points={points}
          aside={answers.map(({ data }, i) => <Inspect key={queries[i]} id={data?.askedId} />)}
        />
      )}
    </>
  );
}

/** A histogram is many numbers at each moment; a line needs one. */
function Histograms({ query, found }: { query: string; found: number }) {
  const words = useWords();
  const [search, change] = useUrl();
  const quantile = `histogram_quantile(0.95, ${query})`;
  return (
    <p className="notice">
      <IconInfoCircle size={14} aria-hidden="true" /> {words.histogramsFound(found)}{' '}
      <button
        type="button"
        className="bare link"
        title={quantile}
        onClick={() => change({ q: search.q?.map((asked) => (asked === query ? quantile : asked)) })}
      >
        {words.histogramP95}
      </button>
    </p>
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

function commonUnit(queries: readonly string[]): Unit {
  const units = new Set(queries.map(unitOf));
  const [first] = units;
  return units.size === 1 && first ? first : 'plain';
}
