import type { TraceSummary } from '@farol/contract';
import { useMemo } from 'react';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { hueVar } from '../../look/hues.ts';
import { useRange } from '../../url/useUrl.ts';

/** Every trace as a point by time and duration; a click opens it. */
export function Scatter({ traces }: { traces: readonly TraceSummary[] }) {
  const words = useWords();
  const format = useFormat();
  const { startMs, endMs, zoomTo, zoomBack } = useRange();
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
