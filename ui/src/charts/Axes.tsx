import { memo } from 'react';
import { useFormat } from '../i18n/language.tsx';
import { placeOf, type Scale, timeTicks, type Unit } from './scale.ts';

interface AxesProps {
  readonly startMs: number;
  readonly endMs: number;
  readonly scale: Scale;
  readonly kind: 'linear' | 'log';
  readonly unit: Unit;
  readonly say: (value: number) => string;
  readonly gutter: { readonly left: number; readonly top: number; readonly bottom: number };
  readonly width: number;
  readonly height: number;
}

const pixelsPerTick = 96;

/** The quiet grid and its labels. */
export const Axes = memo(function Axes({ startMs, endMs, scale, kind, unit, say, gutter, width, height }: AxesProps) {
  const format = useFormat();
  // A single rate may be said by the minute; the marks of one axis are all said by the second.
  const told = unit === 'rate' && scale.max >= 0.5 ? (value: number) => `${format.plain(value)}/s` : say;
  if (width <= 0) return null;
  const { ticks, stepMs } = timeTicks({ startMs, endMs, count: Math.max(2, Math.floor(width / pixelsPerTick)) });
  return (
    <svg
      className="chart-axes"
      width={gutter.left + width + 8}
      height={gutter.top + height + gutter.bottom}
      aria-hidden="true"
    >
      {scale.ticks.map((tick) => {
        const y = Math.round(gutter.top + height * (1 - placeOf(tick, scale, kind))) + 0.5;
        return (
          <g key={tick}>
            <line x1={gutter.left} x2={gutter.left + width} y1={y} y2={y} />
            <text x={gutter.left - 8} y={y + 3.5} textAnchor="end">
              {told(tick)}
            </text>
          </g>
        );
      })}
      {ticks.map((tick) => {
        const x = gutter.left + ((tick - startMs) / (endMs - startMs)) * width;
        const clear = x - gutter.left > 14 && gutter.left + width - x > 14;
        return (
          clear && (
            <text key={tick} x={x} y={gutter.top + height + 16} textAnchor="middle">
              {format.tick(tick, stepMs)}
            </text>
          )
        );
      })}
    </svg>
  );
});
