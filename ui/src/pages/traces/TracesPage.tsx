import type { TraceSummary } from '@farol/contract';
import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useTraces } from '../../data/queries.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { parseDurationMs } from './duration.ts';
import { Scatter } from './Scatter.tsx';
import { TraceFilters } from './TraceFilters.tsx';
import { TraceList } from './TraceList.tsx';
import { TraceqlResult } from './TraceqlResult.tsx';
import { traceqlFrom } from './traceqlFrom.ts';
import './traces.css';

const shownMax = 200;

/** Finding traces: by filters or in TraceQL; every result as a point by time and duration, and as a row. */
export function TracesPage() {
  const words = useWords();
  const [search, change] = useUrl();
  useTitle(words.traces);
  const query = search.q?.[0];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.traces}</h1>
        <SegmentedControl
          size="xs"
          aria-label={words.askBy}
          value={query === undefined ? 'filters' : 'traceql'}
          onChange={(value) => change({ q: value === 'traceql' ? [traceqlFrom(search)] : undefined })}
          data={[
            { value: 'filters', label: words.byFilters },
            { value: 'traceql', label: 'TraceQL' },
          ]}
        />
      </header>
      {query === undefined ? <FilterResult /> : <TraceqlResult query={query} />}
    </div>
  );
}

function FilterResult() {
  const words = useWords();
  const [search, change] = useUrl();
  const { startMs, endMs } = useRange();
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
    <>
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
            <p className="series-count quiet" title={data.truncated ? words.tracesTruncated : undefined}>
              {words.tracesFound(data.traces.length, data.truncated ? (search.order ?? 'recent') : undefined)}{' '}
              <Inspect id={data.askedId} />
            </p>
            <Scatter {...data} />
            <TraceList traces={search.order === 'slowest' ? data.traces : newestFirst(data.traces)} />
          </>
        )}
      />
    </>
  );
}

/** The newest are found by their newest spans; one reads when they began. */
function newestFirst(traces: readonly TraceSummary[]): readonly TraceSummary[] {
  return traces.toSorted((a, b) => b.startMs - a.startMs);
}

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
