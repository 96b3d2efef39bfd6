import type { Deploy, SaturationChart } from '@farol/contract';
import type { Unit } from '../../charts/scale.ts';
import type { Format } from '../../format/format.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import type { Words } from '../../i18n/words.ts';
import { saturationWord } from '../services/cells.tsx';
import { Signal, useDeployMarks } from './GoldenSignals.tsx';

const unitOf: Readonly<Record<SaturationChart['unit'], Unit>> = {
  '1': 'share',
  By: 'bytes',
  s: 'seconds',
  '{count}': 'count',
};
const shades = ['var(--p95)', 'var(--p50)', 'var(--p99)', 'var(--rest)'];

/** How full it is: one small chart each, because their units differ. */
export function Saturation({ charts, deploys }: { charts: readonly SaturationChart[]; deploys: readonly Deploy[] }) {
  const words = useWords();
  const format = useFormat();
  const marks = useDeployMarks(deploys);
  if (charts.length === 0) return null;
  return (
    <div className="saturation-charts">
      {charts.map(({ name, unit, chart }) => (
        <Signal
          key={`${name} ${unit}`}
          title={titleOf(name, unit, words)}
          chart={chart}
          series={chart.lines.map((line, i) => ({
            name: line.name,
            label: words.saturationLine(line.name),
            color: shades[i % shades.length] ?? 'var(--rest)',
            values: line.values,
          }))}
          unit={unitOf[unit]}
          say={sayOf(unit, format)}
          marks={marks}
          height={118}
          brief
        />
      ))}
    </div>
  );
}

// The event loop is measured twice: how busy it is, and how late it runs.
function titleOf(name: SaturationChart['name'], unit: SaturationChart['unit'], words: Words): string {
  return name === 'event-loop' && unit === 's' ? words.saturationEventLoopDelay : saturationWord(name, words);
}

function sayOf(unit: SaturationChart['unit'], format: Format): (value: number) => string {
  switch (unit) {
    case '1':
      return format.share;
    case 'By':
      return format.bytes;
    case 's':
      return (seconds) => format.durationMs(seconds * 1_000);
    case '{count}':
      return format.count;
  }
}
