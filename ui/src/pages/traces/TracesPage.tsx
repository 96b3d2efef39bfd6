import type { TracesAnswer } from '@farol/contract';
import { Button, Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useTraces } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { hueVar } from '../../look/hues.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { parseDurationMs } from './duration.ts';
import { TraceFilters } from './TraceFilters.tsx';
import { TraceList } from './TraceList.tsx';
import './traces.css';

const shownMax = 200;

/** Finding traces: filters, every result as a point by time and duration, and as a row. */
export function TracesPage() {
  const words = useWords();
  const [search, change] = useUrl();
  const { startMs, endMs } = useRange();
  useTitle(words.traces);
  const answer = useTraces({
    startMs,
    endMs,
    environment: search.env,
    service: search.service,
    operation: search.op,
    status: search.status,
    minDurationMs: parseDurationMs(search.min ?? ''),
    maxDurationMs: parseDurationMs(search.max ?? ''),
    tags: search.tag,
    order: search.order,
    limit: shownMax,
  });
  const clear = {
    service: undefined,
    op: undefined,
    status: undefined,
    min: undefined,
    max: undefined,
    tag: undefined,
    env: undefined,
  };
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.traces}</h1>
        {answer.data && (
          <span className="quiet" title={answer.data.truncated ? words.tracesTruncated : undefined}>
            {words.tracesFound(answer.data.traces.length, answer.data.truncated)}
          </span>
        )}
      </header>
      <TraceFilters />
      <Faces
        of={answer}
        loading={<Waiting />}
        isEmpty={({ traces }) => traces.length === 0}
        empty={
          <Empty title={words.tracesNone} hint={words.tracesNoneHint}>
            <Button size="xs" variant="default" onClick={() => change(clear)}>
              {words.removeFilters}
            </Button>
            <Go to="/welcome" className="link">
              {words.sendData}
            </Go>
          </Empty>
        }
        full={(data) => (
          <>
            <Scatter data={data} />
            <TraceList traces={data.traces} />
          </>
        )}
      />
    </div>
  );
}

function Scatter({ data }: { data: TracesAnswer }) {
  const words = useWords();
  const format = useFormat();
  const { startMs, endMs, zoomTo, zoomBack } = useRange();
  const points = useMemo(
    () =>
      data.traces.map((trace) => ({
        timeMs: trace.startMs,
        value: trace.durationMs,
        traceId: trace.traceId,
        label: `${trace.rootService} ${trace.rootName}`,
        says: format.durationMs(trace.durationMs),
        failed: trace.errors > 0,
        color: hueVar(trace.rootService),
      })),
    [data, format],
  );
  return (
    <TimeChart
      label={words.scatterTitle}
      startMs={startMs}
      endMs={endMs}
      timesMs={none}
      series={none}
      points={points}
      vertical="log"
      unit="ms"
      say={format.durationMs}
      height={172}
      onZoom={zoomTo}
      onBack={zoomBack}
    />
  );
}

const none = [] as const;

function Waiting() {
  return (
    <>
      <Skeleton height={172} mb={16} />
      {Array.from({ length: 12 }, (_, row) => `row ${row}`).map((row) => (
        <Skeleton key={row} height={32} mb={4} />
      ))}
    </>
  );
}
