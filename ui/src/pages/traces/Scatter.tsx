import type { TraceSummary } from '@farol/contract';
import { useMemo } from 'react';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { hueVar } from '../../look/hues.ts';
import type { Range } from '../../url/timeRange.ts';
import { useRange } from '../../url/useUrl.ts';

interface ScatterProps {
  readonly traces: readonly TraceSummary[];
  /** There are more traces than these. */
  readonly truncated: boolean;
}

/** Every trace as a point by time and duration; a click opens it. Where older ones are left out, the axis begins with the oldest. */
export function Scatter({ traces, truncated }: ScatterProps) {
  const words = useWords();
  const format = useFormat();
  const range = useRange();
  const { endMs, zoomTo, zoomBack } = range;
  const startMs = truncated ? fromOldest(traces, range) : range.startMs;
  const points = useMemo(
    () =>
      traces.map((trace) => ({
        timeMs: trace.startMs,
        value: trace.durationMs,
        traceId: trace.traceId,
        label: `${trace.rootService} ${trace.rootName}`,
        says: format.durationMs(trace.durationMs),
        failed: trace.errors > 0,
        color: hueVar(trace.rootService),
      })),
    [traces, format],
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
const shownMsMin = 1_000;

function fromOldest(traces: readonly TraceSummary[], { startMs, endMs }: Range): number {
  const oldestMs = traces.reduce((oldest, trace) => Math.min(oldest, trace.startMs), endMs - shownMsMin);
  return Math.max(startMs, oldestMs - (endMs - oldestMs) * 0.02);
}
