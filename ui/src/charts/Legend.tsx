import { useFormat, useWords } from '../i18n/language.tsx';
import { usePointedMs } from './crosshair.ts';
import { nearestIndex, summaryOf } from './lines.ts';
import type { DrawnSeries } from './TimeChart.tsx';

interface LegendProps {
  readonly series: readonly DrawnSeries[];
  readonly timesMs: readonly number[];
  readonly say: (value: number) => string;
  readonly only: string | undefined;
  readonly onOnly: (name: string | undefined) => void;
  readonly rowsMax?: number;
  /** For small charts: without the mean. */
  readonly brief?: boolean;
}

/** The legend is a table: what the line ended on, its highest and its mean; a click shows one line alone. */
export function Legend({ series, timesMs, say, only, onOnly, rowsMax = 8, brief = false }: LegendProps) {
  const words = useWords();
  const format = useFormat();
  const pointedMs = usePointedMs();
  const index = pointedMs === undefined ? undefined : nearestIndex(timesMs, pointedMs);
  const shown = series.slice(0, rowsMax);
  const told = (value: number | null) => (value === null ? '–' : say(value));
  return (
    <table className="legend">
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden-word">{words.series}</span>
          </th>
          <th scope="col">{index === undefined ? words.lastValue : format.clock(timesMs[index] ?? 0)}</th>
          <th scope="col">{words.max}</th>
          {!brief && <th scope="col">{words.mean}</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => {
          const summary = summaryOf(one.values);
          return (
            <tr key={one.name} data-quiet={only !== undefined && only !== one.name ? true : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="bare legend-name"
                  title={words.hideOthers}
                  aria-pressed={only === one.name}
                  onClick={() => onOnly(only === one.name ? undefined : one.name)}
                >
                  <i style={{ background: one.color }} data-shape={one.shape ?? 'line'} />
                  <span className="cut">{one.label}</span>
                </button>
              </th>
              <td>{told(index === undefined ? summary.last : (one.values[index] ?? null))}</td>
              <td>{told(summary.max)}</td>
              {!brief && <td>{told(summary.mean)}</td>}
            </tr>
          );
        })}
      </tbody>
      {series.length > shown.length && (
        <tfoot>
          <tr>
            <td colSpan={brief ? 3 : 4}>{words.seriesMore(series.length - shown.length)}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}
