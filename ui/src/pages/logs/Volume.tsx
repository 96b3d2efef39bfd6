import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { onGrid } from '../../charts/lines.ts';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useLogql } from '../../data/loki.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { useRange } from '../../url/useUrl.ts';
import { alignedTo, stepMsFor } from '../metrics/step.ts';
import { levelSeries } from './levelSeries.ts';
import { volumeOf } from './volumeOf.ts';

const barsMost = 80;

/** When the lines of a LogQL query were written, by level. Nothing where counting them would cost more than finding them. */
export function Volume({ query }: { query: string }) {
  const words = useWords();
  const format = useFormat();
  const range = useRange();
  const stepMs = stepMsFor(range, undefined, barsMost);
  const { startMs } = alignedTo(range, stepMs);
  const endMs = Math.ceil(range.endMs / stepMs) * stepMs;
  const { data, isLoading } = useLogql(volumeOf(query, stepMs), { startMs, endMs, stepMs }, 1);
  const chart = useMemo(() => {
    if (data?.kind !== 'series') return undefined;
    // A count is of the step before its time; a bar begins with its step.
    const timesMs = Array.from({ length: (endMs - startMs) / stepMs + 1 }, (_, i) => startMs + (i - 1) * stepMs);
    const lines = data.series.map(({ labels, timesMs, values }) => ({
      name: labels.detected_level ?? 'unknown',
      values: onGrid({ timesMs, values, startMs, endMs, stepMs }),
    }));
    return { timesMs, lines };
  }, [data, startMs, endMs, stepMs]);
  if (isLoading) return <Skeleton height={92} />;
  if (!chart || chart.lines.length === 0) return null;
  return (
    <div className="logs-histogram">
      <TimeChart
        label={words.linesOverTime}
        startMs={range.startMs}
        endMs={range.endMs}
        timesMs={chart.timesMs}
        series={levelSeries(chart, words)}
        unit="count"
        say={format.count}
        height={92}
        onZoom={range.zoomTo}
        onBack={range.zoomBack}
        empty=" "
      />
    </div>
  );
}
