import { memo } from 'react';

interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly color?: string;
  readonly width?: number;
  readonly height?: number;
  /** The smallest top of the scale, so that noise near zero stays flat. */
  readonly topMin?: number;
}

/** A trend the size of a word. Its number stands beside it, so it is hidden from readers of the text. */
export const Sparkline = memo(function Sparkline({
  values,
  color = 'var(--text-3)',
  width = 72,
  height = 20,
  topMin = 0,
}: SparklineProps) {
  const top = Math.max(topMin, ...values.map((value) => value ?? 0)) || 1;
  const path = pathOf({ values, width, height, top });
  return (
    <svg className="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={path} fill="none" stroke={color} strokeWidth="1.25" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
});

function pathOf(options: { values: readonly (number | null)[]; width: number; height: number; top: number }): string {
  const { values, width, height, top } = options;
  const pad = 1.5;
  const step = values.length > 1 ? (width - pad * 2) / (values.length - 1) : 0;
  let path = '';
  let down = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value === null) {
      down = false;
      continue;
    }
    const x = (pad + i * step).toFixed(1);
    const y = (height - pad - (value / top) * (height - pad * 2)).toFixed(1);
    const alone = !down && (values[i + 1] ?? null) === null;
    path += `${down ? 'L' : 'M'}${x} ${y}${alone ? `l0.01 0` : ''}`;
    down = true;
  }
  return path;
}
