import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { DrawnSeries } from './TimeChart.tsx';

use([LineChart, BarChart, GridComponent, CanvasRenderer]);

/**
 * What ECharts does for us: lines, areas and bars on a canvas, fast. Axes, legend, crosshair, tooltip and marks are
 * ordinary elements around it (TimeChart.tsx), so that they can be read, focused and styled by tokens.
 */
interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly min: number;
  readonly max: number;
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  readonly series: readonly DrawnSeries[];
}

export interface Sheet {
  draw(drawing: Drawing): void;
  close(): void;
}

/** Colours may be `var(--x)`; they are read off the element, so they follow its scheme. */
export function openSheet(element: HTMLElement): Sheet {
  const chart = init(element, undefined, { renderer: 'canvas' });
  return {
    draw(drawing) {
      chart.resize({ width: drawing.width, height: drawing.height, silent: true });
      const series = drawing.series.map((one) => ({ ...one, color: resolveColor(one.color, element) }));
      chart.setOption(optionOf({ ...drawing, series }), { notMerge: true, lazyUpdate: false });
    },
    close: () => chart.dispose(),
  };
}

function optionOf(drawing: Drawing) {
  const axis = { show: false, axisPointer: { show: false } } as const;
  return {
    animation: false,
    grid: { left: 0, right: 0, top: 0, bottom: 0, containLabel: false },
    xAxis: { ...axis, type: 'value' as const, min: drawing.startMs, max: drawing.endMs },
    yAxis: { ...axis, type: 'value' as const, min: drawing.min, max: drawing.max },
    series: drawing.series.map((series) => (series.shape === 'bar' ? barOf(series, drawing) : lineOf(series, drawing))),
  };
}

function resolveColor(color: string, element: HTMLElement): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(element).getPropertyValue(name).trim() : color;
}

function lineOf(series: DrawnSeries, { timesMs }: Drawing) {
  return {
    type: 'line' as const,
    data: timesMs.map((time, i) => pointOf(time, i, series.values)),
    symbol: 'none',
    silent: true,
    connectNulls: false,
    sampling: timesMs.length > 2_000 ? ('lttb' as const) : undefined,
    stack: series.stack,
    lineStyle: { width: series.stack ? 1 : 1.5, color: series.color },
    itemStyle: { color: series.color },
    areaStyle: series.stack || series.filled ? { color: series.color, opacity: series.stack ? 0.35 : 0.12 } : undefined,
  };
}

// A point between two gaps would be a line of no length; it gets a dot.
function pointOf(time: number, i: number, values: DrawnSeries['values']) {
  const value = values[i] ?? null;
  const alone = value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
  return alone ? { value: [time, value], symbol: 'circle', symbolSize: 4 } : [time, value];
}

function barOf(series: DrawnSeries, { timesMs, stepMs, startMs, endMs, width }: Drawing) {
  const slot = (stepMs / (endMs - startMs)) * width;
  return {
    type: 'bar' as const,
    data: timesMs.map((time, i) => [time + stepMs / 2, series.values[i] ?? null]),
    silent: true,
    stack: series.stack,
    barWidth: Math.max(1, slot > 4 ? slot - 1.5 : slot),
    itemStyle: { color: series.color },
  };
}
