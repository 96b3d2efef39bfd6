import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../i18n/language.tsx';
import { useSize } from '../parts/useSize.ts';
import { Axes } from './Axes.tsx';
import { Crosshair } from './Crosshair.tsx';
import { pointAt } from './crosshair.ts';
import type { Sheet } from './drawing.ts';
import { stepOf } from './lines.ts';
import { type Band, Bands, type Mark, Marks } from './Marks.tsx';
import { type ChartPoint, Points } from './Points.tsx';
import { linearScale, logScale, type Scale, type Unit } from './scale.ts';
import './charts.css';

export interface DrawnSeries {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly shape?: 'line' | 'bar';
  /** Series with the same word here are stacked on each other. */
  readonly stack?: string;
  readonly filled?: boolean;
}

export interface TimeChartProps {
  readonly label: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly timesMs: readonly number[];
  readonly series: readonly DrawnSeries[];
  readonly unit: Unit;
  readonly say: (value: number) => string;
  readonly height: number;
  readonly points?: readonly ChartPoint[];
  readonly marks?: readonly Mark[];
  readonly bands?: readonly Band[];
  readonly vertical?: 'linear' | 'log';
  readonly empty?: ReactNode;
  readonly onZoom?: (range: { startMs: number; endMs: number }) => void;
  readonly onBack?: () => void;
}

const gutter = { left: 56, bottom: 22, top: 18, right: 8 } as const;
const dragPixelsMin = 6;

/** A chart over time: canvas for the lines, elements for everything one can read, hover, focus or click. */
export function TimeChart(props: TimeChartProps) {
  const { startMs, endMs, timesMs, series, points = [], marks = [], bands = [], vertical = 'linear' } = props;
  const words = useWords();
  const [frame, size] = useSize<HTMLDivElement>();
  const plotWidth = Math.max(0, size.width - gutter.left - gutter.right);
  const plotHeight = props.height - gutter.bottom - gutter.top;
  const scale = useMemo(
    () => scaleFor({ series, points, unit: props.unit, vertical, lines: plotHeight < 90 ? 2 : 4 }),
    [series, points, props.unit, vertical, plotHeight],
  );
  const drag = useDrag({ startMs, endMs, plotWidth, onZoom: props.onZoom });
  const hollow = points.length === 0 && series.every(({ values }) => values.every((value) => value === null));

  return (
    <section ref={frame} className="chart" style={{ height: props.height }} aria-label={words.chartOf(props.label)}>
      <Axes
        startMs={startMs}
        endMs={endMs}
        scale={scale}
        kind={vertical}
        unit={props.unit}
        say={props.say}
        gutter={gutter}
        width={plotWidth}
        height={plotHeight}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the pointer only points and zooms here; the time picker does the same by keyboard. */}
      <div
        className="chart-plot"
        style={{ left: gutter.left, top: gutter.top, width: plotWidth, height: plotHeight }}
        onPointerMove={drag.move}
        onPointerDown={drag.down}
        onPointerUp={drag.up}
        onPointerLeave={drag.leave}
        onDoubleClick={props.onBack}
      >
        <Bands bands={bands} startMs={startMs} endMs={endMs} />
        {series.length > 0 && plotWidth > 0 && (
          <Canvas
            series={series}
            timesMs={timesMs}
            startMs={startMs}
            endMs={endMs}
            min={scale.min}
            max={scale.max}
            width={plotWidth}
            height={plotHeight}
          />
        )}
        <Marks marks={marks} startMs={startMs} endMs={endMs} />
        {drag.selected && (
          <div className="chart-selection" style={{ left: drag.selected.left, width: drag.selected.width }} />
        )}
        <Crosshair
          startMs={startMs}
          endMs={endMs}
          timesMs={timesMs}
          series={series}
          say={props.say}
          width={plotWidth}
          here={drag.inside && !drag.selected}
        />
        <Points
          points={points}
          startMs={startMs}
          endMs={endMs}
          scale={scale}
          vertical={vertical}
          width={plotWidth}
          height={plotHeight}
          say={props.say}
        />
        {hollow && <div className="chart-empty">{props.empty ?? words.chartEmpty}</div>}
      </div>
    </section>
  );
}

interface CanvasProps {
  readonly series: readonly DrawnSeries[];
  readonly timesMs: readonly number[];
  readonly startMs: number;
  readonly endMs: number;
  readonly min: number;
  readonly max: number;
  readonly width: number;
  readonly height: number;
}

function Canvas({ series, timesMs, startMs, endMs, min, max, width, height }: CanvasProps) {
  const holder = useRef<HTMLDivElement>(null);
  const [sheet, setSheet] = useState<Sheet>();
  const scheme = useScheme();

  useEffect(() => {
    let opened: Sheet | undefined;
    let gone = false;
    void import('./drawing.ts').then(({ openSheet }) => {
      if (gone || !holder.current) return;
      opened = openSheet(holder.current);
      setSheet(opened);
    });
    return () => {
      gone = true;
      setSheet(undefined);
      opened?.close();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of scheme changes what the colours resolve to.
  useEffect(() => {
    sheet?.draw({ startMs, endMs, min, max, timesMs, stepMs: stepOf(timesMs), series, width, height });
  }, [sheet, series, timesMs, startMs, endMs, min, max, width, height, scheme]);

  return <div ref={holder} className="chart-canvas" aria-hidden="true" />;
}

function useScheme(): string {
  const [scheme, setScheme] = useState(readScheme);
  useEffect(() => {
    const watcher = new MutationObserver(() => setScheme(readScheme()));
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
    return () => watcher.disconnect();
  }, []);
  return scheme;
}

function readScheme(): string {
  return document.documentElement.getAttribute('data-mantine-color-scheme') ?? 'light';
}

function useDrag(options: { startMs: number; endMs: number; plotWidth: number; onZoom?: TimeChartProps['onZoom'] }) {
  const { startMs, endMs, plotWidth, onZoom } = options;
  const [inside, setInside] = useState(false);
  const [from, setFrom] = useState<number>();
  const [to, setTo] = useState<number>();
  const timeAt = (x: number) => startMs + (Math.min(Math.max(x, 0), plotWidth) / plotWidth) * (endMs - startMs);
  const xOf = (event: PointerEvent<HTMLElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const far = from !== undefined && to !== undefined && Math.abs(to - from) >= dragPixelsMin;
  const forget = () => {
    setFrom(undefined);
    setTo(undefined);
  };
  return {
    inside,
    selected: far ? { left: Math.min(from, to), width: Math.abs(to - from) } : undefined,
    move: (event: PointerEvent<HTMLElement>) => {
      const x = xOf(event);
      setInside(true);
      pointAt(Math.round(timeAt(x)));
      if (from !== undefined) setTo(Math.min(Math.max(x, 0), plotWidth));
    },
    down: (event: PointerEvent<HTMLElement>) => {
      if (
        !onZoom ||
        event.button !== 0 ||
        event.pointerType === 'touch' ||
        (event.target as HTMLElement).closest('a,button')
      )
        return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setFrom(xOf(event));
    },
    up: () => {
      if (far && onZoom)
        onZoom({ startMs: Math.round(timeAt(Math.min(from, to))), endMs: Math.round(timeAt(Math.max(from, to))) });
      forget();
    },
    leave: () => {
      setInside(false);
      pointAt(undefined);
    },
  };
}

/** The lines decide the height; a lone slow request may stretch it, but not flatten everything else. */
const stretchMax = 2.5;

function scaleFor(options: {
  series: readonly DrawnSeries[];
  points: readonly ChartPoint[];
  unit: Unit;
  vertical: 'linear' | 'log';
  lines: number;
}): Scale {
  const { series, points, unit, vertical, lines } = options;
  const heights = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (vertical === 'log') return logScale({ min: Math.min(...heights, 1e9), max: Math.max(...heights, 1e-6) });
  const { min, max } = extentOf(series);
  const tallest = heights.reduce((a, b) => Math.max(a, b), 0);
  const top = max > 0 ? Math.max(max, Math.min(tallest, max * stretchMax)) : tallest;
  return linearScale({ min, max: top, unit, lines });
}

function extentOf(series: readonly DrawnSeries[]): { min: number; max: number } {
  let min = 0;
  let max = 0;
  const sums = new Map<string, number[]>();
  for (const { values, stack } of series) {
    for (let i = 0; i < values.length; i++) {
      let value = values[i] ?? null;
      if (value === null) continue;
      if (stack !== undefined) {
        const sum = sums.get(stack) ?? [];
        sums.set(stack, sum);
        value += sum[i] ?? 0;
        sum[i] = value;
      }
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min, max };
}
