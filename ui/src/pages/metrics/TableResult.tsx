import { Skeleton } from '@mantine/core';
import { sayOf } from '../../charts/sayOf.ts';
import { nameSeries, printLabels } from '../../charts/seriesNames.ts';
import { type InstantSeries, useInstantQueries } from '../../data/prometheus.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { useRange } from '../../url/useUrl.ts';
import { Notices, QueryFailure } from './GraphResult.tsx';
import { letterOf } from './MetricsPage.tsx';
import { unitOf } from './units.ts';

const rowsMax = 1_000;

/** The values at the end of the range, a column for each label that differs. */
export function TableResult({ queries }: { queries: readonly string[] }) {
  const words = useWords();
  const format = useFormat();
  const { endMs } = useRange();
  const answers = useInstantQueries(queries, endMs, true);
  return (
    <>
      <p className="series-count quiet" title={format.full(endMs)}>
        {words.atTime(format.clock(endMs))}
        {queries.length === 1 && <Inspect id={answers[0]?.data?.askedId} />}
      </p>
      {answers.map((answer, i) => {
        const query = queries[i] ?? '';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a query is known by its place.
          <section key={i} className="metrics-table">
            {queries.length > 1 && (
              <h2>
                <span className="metrics-letter">{letterOf(i)}</span> <span className="mono quiet">{query}</span>
                <Inspect id={answer.data?.askedId} />
              </h2>
            )}
            {answer.error && <QueryFailure letter={letterOf(i)} error={answer.error} retry={answer.refetch} alone />}
            {answer.isPending && <Skeleton height={200} />}
            {answer.data && (
              <>
                <Notices warnings={answer.data.warnings} infos={answer.data.infos} />
                {answer.data.text !== undefined && <p className="mono">{answer.data.text}</p>}
                {answer.data.text === undefined && answer.data.series.length === 0 && (
                  <Empty title={words.metricsNoSeries} hint={words.metricsNoSeriesHint} />
                )}
                {answer.data.series.length > 0 && (
                  <Values series={answer.data.series} say={sayOf(unitOf(query), format)} />
                )}
              </>
            )}
          </section>
        );
      })}
    </>
  );
}

function Values({ series, say }: { series: readonly InstantSeries[]; say: (value: number) => string }) {
  const words = useWords();
  const format = useFormat();
  const { keys, common } = nameSeries(series.map(({ labels }) => labels));
  const columns = series.length === 1 ? Object.keys(series[0]?.labels ?? {}) : keys;
  const shown = [...series].sort((a, b) => b.value - a.value).slice(0, rowsMax);
  return (
    <>
      <p className="series-count quiet">
        {series.length > rowsMax ? words.seriesCut(rowsMax, series.length) : words.seriesCount(series.length)}
        {series.length > 1 && Object.keys(common).length > 0 && (
          <span className="mono faint"> {printLabels(common)}</span>
        )}
      </p>
      <div className="scroll-x">
        <table className="grid-table">
          <thead>
            <tr>
              {columns.map((key) => (
                <th key={key} scope="col">
                  {key === '__name__' ? words.metrics : key}
                </th>
              ))}
              <th scope="col" className="num">
                {words.value}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ labels, value, histogram, timeMs }) => (
              <tr key={`${printLabels(labels)} ${timeMs}`}>
                {columns.map((key) => (
                  <td key={key} className="mono">
                    {labels[key] ?? <span className="faint">–</span>}
                  </td>
                ))}
                <td className="num" title={String(value)}>
                  {histogram ? (
                    words.histogramValue(format.count(histogram.count), say(histogram.sum))
                  ) : (
                    <b>{Number.isFinite(value) ? say(value) : String(value)}</b>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
