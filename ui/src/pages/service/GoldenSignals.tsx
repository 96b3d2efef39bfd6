import type { Chart, Deploy, Exemplar, ServiceAnswer } from '@farol/contract';
import { useMemo, useState } from 'react';
import { Legend } from '../../charts/Legend.tsx';
import { errorBursts } from '../../charts/lines.ts';
import type { Band, Mark } from '../../charts/Marks.tsx';
import type { ChartPoint } from '../../charts/Points.tsx';
import type { Unit } from '../../charts/scale.ts';
import { type DrawnSeries, TimeChart } from '../../charts/TimeChart.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Section } from '../../parts/Section.tsx';
import { useRange } from '../../url/useUrl.ts';
import { pickExemplars } from './exemplars.ts';

const statusColor: Readonly<Record<string, string>> = {
  '1xx': 'var(--rest)',
  '2xx': 'var(--p95)',
  '3xx': 'var(--p50)',
  '4xx': 'var(--warn)',
  '5xx': 'var(--bad)',
};

/** Latency, errors, traffic: what Google called golden, with the requests behind the lines as points. */
export function GoldenSignals({ data }: { data: ServiceAnswer }) {
  const words = useWords();
  const format = useFormat();
  const marks = useDeployMarks(data.deploys);
  const bands = useBursts(data.errors);
  const latency = useMemo(
    () =>
      drawn(data.latency, { p50: 'var(--p50)', p95: 'var(--p95)', p99: 'var(--p99)' }, (name) => name.toUpperCase()),
    [data.latency],
  );
  const errors = useMemo(
    () => drawn(data.errors, { errors: 'var(--bad)' }, () => words.errors).map((one) => ({ ...one, filled: true })),
    [data.errors, words],
  );
  const rate = useMemo(() => rateSeries(data.rate, words.total), [data.rate, words]);
  const points = useExemplarPoints(data.exemplars, 'value');
  const failing = useExemplarPoints(data.exemplars, 'rug');
  return (
    <div className="golden">
      <Signal
        title={words.latency}
        chart={data.latency}
        series={latency}
        unit="ms"
        say={format.durationMs}
        points={points}
        marks={marks}
        bands={bands}
      />
      <Signal
        title={words.errors}
        chart={data.errors}
        series={errors}
        unit="share"
        say={format.share}
        points={failing}
        marks={marks}
        bands={bands}
      />
      <Signal
        title={words.rate}
        chart={data.rate}
        series={rate}
        unit="rate"
        say={format.rate}
        marks={marks}
        bands={bands}
      />
    </div>
  );
}

interface SignalProps {
  readonly title: string;
  readonly chart: Chart;
  readonly series: readonly DrawnSeries[];
  readonly unit: Unit;
  readonly say: (value: number) => string;
  readonly points?: readonly ChartPoint[];
  readonly marks?: readonly Mark[];
  readonly bands?: readonly Band[];
  readonly height?: number;
  readonly brief?: boolean;
}

/** A chart with its title above and its legend table below, tied to the page's range. */
export function Signal({ title, chart, series, height = 198, brief, ...rest }: SignalProps) {
  const words = useWords();
  const { startMs, endMs, zoomTo, zoomBack } = useRange();
  const [only, setOnly] = useState<string>();
  const shown = useMemo(() => series.filter(({ name }) => only === undefined || name === only), [series, only]);
  return (
    <Section title={title} hint={words.chartZoomHint}>
      <TimeChart
        label={title}
        startMs={startMs}
        endMs={endMs}
        timesMs={chart.timesMs}
        series={shown}
        height={height}
        onZoom={zoomTo}
        onBack={zoomBack}
        {...rest}
      />
      <Legend series={series} timesMs={chart.timesMs} say={rest.say} only={only} onOnly={setOnly} brief={brief} />
    </Section>
  );
}

export function useDeployMarks(deploys: readonly Deploy[]): readonly Mark[] {
  const words = useWords();
  return useMemo(
    () => deploys.map(({ timeMs, version }) => ({ timeMs, label: words.deployOf(version) })),
    [deploys, words],
  );
}

function useBursts(errors: Chart): readonly Band[] {
  const words = useWords();
  const format = useFormat();
  return useMemo(() => {
    const shares = errors.lines.find(({ name }) => name === 'errors')?.values ?? [];
    return errorBursts(errors.timesMs, shares).map(({ startMs, endMs, peak }) => ({
      startMs,
      endMs,
      label: `${words.errorBurstOf(format.share(peak))} (${format.clock(startMs)} – ${format.clock(endMs)})`,
    }));
  }, [errors, words, format]);
}

function useExemplarPoints(exemplars: readonly Exemplar[], on: 'value' | 'rug'): readonly ChartPoint[] {
  const format = useFormat();
  return useMemo(
    () =>
      pickExemplars(exemplars, on === 'rug' ? 'failing' : 'all').map((exemplar) => ({
        timeMs: exemplar.timeMs,
        value: on === 'value' ? exemplar.valueMs : undefined,
        traceId: exemplar.traceId,
        spanId: exemplar.spanId,
        label: exemplar.endpoint,
        says: format.durationMs(exemplar.valueMs),
        failed: exemplar.error,
      })),
    [exemplars, on, format],
  );
}

function drawn(
  chart: Chart,
  colors: Readonly<Record<string, string>>,
  labelOf: (name: string) => string,
): readonly DrawnSeries[] {
  return chart.lines
    .map((line) => ({
      name: line.name,
      label: labelOf(line.name),
      color: colors[line.name] ?? 'var(--rest)',
      values: line.values,
    }))
    .sort((a, b) => (a.name < b.name ? 1 : -1));
}

// The classes stack up to the total; without classes the total stands alone.
function rateSeries(chart: Chart, total: string): readonly DrawnSeries[] {
  const classes = chart.lines.filter(({ name }) => name !== 'total' && name !== '');
  if (classes.length === 0) {
    return chart.lines.map(({ name, values }) => ({ name, label: total, color: 'var(--p95)', values, filled: true }));
  }
  return [...classes]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, values }) => ({
      name,
      label: name,
      color: statusColor[name] ?? 'var(--rest)',
      values,
      stack: 'status',
    }));
}
