import { useMemo, useState } from 'react';
import { useFormat, useWords } from '../i18n/language.tsx';
import { Go } from '../parts/Go.tsx';
import { apart } from './apart.ts';
import { placeOf, type Scale } from './scale.ts';

/** One real request on a chart; clicking it opens its trace. */
export interface ChartPoint {
  readonly timeMs: number;
  /** Absent: the point sits on the rug along the top, because the chart's axis is not about single requests. */
  readonly value?: number;
  readonly traceId: string;
  readonly spanId?: string;
  readonly label: string;
  readonly says: string;
  readonly failed: boolean;
  readonly color?: string;
}

interface Placed {
  readonly point: ChartPoint;
  readonly share: number;
  readonly rise: number;
}

/** Points closer than this cannot be told apart or clicked apart. */
const apartPixels = 9;

interface PointsProps {
  readonly points: readonly ChartPoint[];
  readonly startMs: number;
  readonly endMs: number;
  readonly scale: Scale;
  readonly vertical: 'linear' | 'log';
  readonly width: number;
  readonly height: number;
  readonly say: (value: number) => string;
}

export function Points({ points, startMs, endMs, scale, vertical, width, height }: PointsProps) {
  const words = useWords();
  const format = useFormat();
  const [hovered, setHovered] = useState<Placed>();
  const placed = useMemo(() => {
    const all = points.flatMap((point) => {
      const share = (point.timeMs - startMs) / (endMs - startMs);
      // Without a value the point sits on the rug, just under the top.
      const rise = point.value === undefined ? 0.97 : placeOf(point.value, scale, vertical);
      return share < 0 || share > 1 ? [] : [{ point, share, rise, failed: point.failed }];
    });
    return apart(all, apartPixels, ({ share, rise }) => ({ x: share * width, y: rise * height }));
  }, [points, startMs, endMs, scale, vertical, width, height]);
  return (
    <>
      {placed.map((place) => {
        const { point, share, rise } = place;
        const above = point.value !== undefined && point.value > scale.max;
        return (
          <Go
            key={`${point.traceId}${point.spanId ?? ''}`}
            to="/traces/$id"
            params={{ id: point.traceId }}
            search={{ span: point.failed ? undefined : point.spanId }}
            className="chart-point"
            data-failed={point.failed || undefined}
            data-above={above || undefined}
            style={
              {
                left: `${share * 100}%`,
                bottom: `${rise * 100}%`,
                '--point': point.color,
              } as React.CSSProperties
            }
            tabIndex={point.failed ? 0 : -1}
            aria-label={`${point.failed ? words.exemplarFailed : words.exemplarRequest}: ${point.label}, ${point.says}, ${format.clock(point.timeMs)}. ${words.openTrace}`}
            onMouseEnter={() => setHovered(place)}
            onMouseLeave={() => setHovered(undefined)}
            onFocus={() => setHovered(place)}
            onBlur={() => setHovered(undefined)}
          />
        );
      })}
      {hovered && (
        <div
          className="chart-tip chart-tip-point"
          style={{
            ...(hovered.share < 0.5
              ? { left: hovered.share * width + 14 }
              : { right: (1 - hovered.share) * width + 14 }),
            ...(hovered.rise > 0.5 ? { top: `${(1 - hovered.rise) * 100}%` } : { bottom: `${hovered.rise * 100}%` }),
          }}
        >
          <div className="chart-tip-time">
            {format.clockMs(hovered.point.timeMs)} ·{' '}
            {hovered.point.failed ? <b className="bad">✕ {words.exemplarFailed}</b> : words.exemplarRequest}
          </div>
          <div className="cut">{hovered.point.label}</div>
          <div>
            <b>{hovered.point.says}</b> <span className="faint">· {words.openTrace}</span>
          </div>
        </div>
      )}
    </>
  );
}
