import { type ReactNode, useMemo, useState } from 'react';
import type { Labels, RangeSeries } from '../data/prometheus.ts';
import { useFormat, useWords } from '../i18n/language.tsx';
import { hueCount } from '../look/hues.ts';
import { useRange } from '../url/useUrl.ts';
import { Legend } from './Legend.tsx';
import { onGrid, summaryOf } from './lines.ts';
import type { ChartPoint } from './Points.tsx';
import { sayOf } from './sayOf.ts';
import type { Unit } from './scale.ts';
import { nameSeries, printLabels } from './seriesNames.ts';
import { type DrawnSeries, TimeChart } from './TimeChart.tsx';

/** More lines than this cannot be told apart by anyone. */
const seriesMax = 60;

interface GraphLine {
  readonly series: RangeSeries;
  /** Which of several queries it answers. */
  readonly prefix?: string;
}

interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

interface SeriesGraphProps {
  readonly label: string;
  readonly lines: readonly GraphLine[];
  readonly range: Grid;
  readonly unit: Unit;
  readonly points?: readonly ChartPoint[];
  /** Where a series has a colour of its own, such as a level's. */
  readonly colorOf?: (labels: Labels) => string | undefined;
  readonly aside?: ReactNode;
}

/** Series as lines on one chart, with a legend that says last, max and mean. */
export function SeriesGraph({ label, lines, range, unit, points, colorOf, aside }: SeriesGraphProps) {
  const words = useWords();
  const say = sayOf(unit, useFormat());
  const { zoomTo, zoomBack } = useRange();
  const [only, setOnly] = useState<string>();
  const { startMs, endMs, stepMs } = range;
  const timesMs = useMemo(
    () => Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_, i) => startMs + i * stepMs),
    [startMs, endMs, stepMs],
  );
  const drawn = drawnFrom(lines, range, colorOf);
  const { common } = nameSeries(lines.map(({ series }) => series.labels));
  return (
    <>
      <p className="series-count quiet">
        {lines.length > seriesMax ? words.seriesCut(seriesMax, lines.length) : words.seriesCount(lines.length)}
        {lines.length > 1 && Object.keys(common).length > 0 && (
          <span className="mono faint"> {printLabels(common)}</span>
        )}
        {aside}
      </p>
      <TimeChart
        label={label}
        startMs={startMs}
        endMs={endMs}
        timesMs={timesMs}
        series={drawn.filter(({ name }) => only === undefined || name === only)}
        points={points}
        unit={unit}
        say={say}
        height={360}
        onZoom={zoomTo}
        onBack={zoomBack}
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
  );
}

function drawnFrom(
  lines: readonly GraphLine[],
  grid: Grid,
  colorOf: SeriesGraphProps['colorOf'],
): readonly DrawnSeries[] {
  const { nameOf } = nameSeries(lines.map(({ series }) => series.labels));
  return lines.slice(0, seriesMax).map(({ series, prefix }, i) => ({
    name: `${prefix ?? ''} ${printLabels(series.labels)}`,
    label: `${prefix === undefined ? '' : `${prefix} · `}${nameOf(series.labels)}`,
    color: colorOf?.(series.labels) ?? `var(--hue-${i % hueCount})`,
    values: onGrid({ timesMs: series.timesMs, values: series.values, ...grid }),
  }));
}

// Colours stay with the names; only the rows move.
function highestFirst(series: readonly DrawnSeries[]): readonly DrawnSeries[] {
  const highest = ({ values }: DrawnSeries) => summaryOf(values).max ?? Number.NEGATIVE_INFINITY;
  return [...series].sort((a, b) => highest(b) - highest(a));
}
