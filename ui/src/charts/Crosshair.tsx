import { useFormat } from '../i18n/language.tsx';
import { usePointedMs } from './crosshair.ts';
import { nearestIndex, stepOf } from './lines.ts';
import type { DrawnSeries } from './TimeChart.tsx';

interface CrosshairProps {
  readonly startMs: number;
  readonly endMs: number;
  readonly timesMs: readonly number[];
  readonly series: readonly DrawnSeries[];
  readonly say: (value: number) => string;
  readonly width: number;
  /** The pointer rests on this chart: show the values, not only the line. */
  readonly here: boolean;
}

const rowsMax = 12;

export function Crosshair({ startMs, endMs, timesMs, series, say, width, here }: CrosshairProps) {
  const format = useFormat();
  const pointedMs = usePointedMs();
  if (pointedMs === undefined || pointedMs < startMs || pointedMs > endMs || width <= 0) return null;
  const index = nearestIndex(timesMs, pointedMs);
  const nearestMs = timesMs[index];
  const snapped = nearestMs !== undefined && Math.abs(nearestMs - pointedMs) <= stepOf(timesMs);
  const x = (((snapped ? nearestMs : pointedMs) - startMs) / (endMs - startMs)) * width;
  const rows = snapped ? rowsAt(series, index) : [];
  return (
    <>
      <div className="chart-crosshair" style={{ left: x }} />
      {here && rows.length > 0 && (
        <div className="chart-tip" style={x < width / 2 ? { left: x + 12 } : { right: width - x + 12 }}>
          <div className="chart-tip-time" title={format.full(pointedMs)}>
            {format.clock(snapped ? nearestMs : pointedMs)}
          </div>
          {rows.map(({ label, color, value }) => (
            <div key={label} className="chart-tip-row">
              <i style={{ background: color }} />
              <span className="cut">{label}</span>
              <b>{say(value)}</b>
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function rowsAt(series: readonly DrawnSeries[], index: number) {
  const rows = series.flatMap(({ label, color, values }) => {
    const value = values[index] ?? null;
    return value === null ? [] : [{ label, color, value }];
  });
  return rows.length <= rowsMax ? rows : rows.sort((a, b) => b.value - a.value).slice(0, rowsMax);
}
