import { Skeleton } from '@mantine/core';
import { exemplarPoints } from '../../charts/exemplarPoints.ts';
import { SeriesGraph } from '../../charts/SeriesGraph.tsx';
import { sayOf } from '../../charts/sayOf.ts';
import { useTraceqlSeries } from '../../data/tempo.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { refusalIn } from '../../parts/refusalIn.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { alignedTo, stepMsFor } from '../metrics/step.ts';
import { unitOfTraceql } from './traceqlKind.ts';

/** A TraceQL query that computes, as a chart; a point opens a trace that it was computed from. */
export function TraceqlSeries({ query }: { query: string }) {
  const words = useWords();
  const format = useFormat();
  const [search] = useUrl();
  const range = useRange();
  const stepMs = stepMsFor(range, search.step);
  const grid = { ...alignedTo(range, stepMs), stepMs };
  const unit = unitOfTraceql(query);
  const answer = useTraceqlSeries(query, grid);
  return (
    <Faces
      of={answer}
      loading={<Skeleton height={320} />}
      failure={refusalIn}
      isEmpty={({ series }) => series.length === 0}
      empty={<Empty title={words.tracesNone} hint={words.traceqlNoneHint} />}
      full={(data) => (
        <>
          {data.partial && <p className="notice">{data.partial}</p>}
          <SeriesGraph
            label={query}
            lines={data.series.map((series) => ({ series }))}
            range={grid}
            unit={unit}
            points={exemplarPoints(data.exemplars, sayOf(unit, format))}
            aside={<Inspect id={data.askedId} />}
          />
        </>
      )}
    />
  );
}
