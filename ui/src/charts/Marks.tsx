import { IconRocket } from '@tabler/icons-react';

export interface Mark {
  readonly timeMs: number;
  readonly label: string;
}

export interface Band {
  readonly startMs: number;
  readonly endMs: number;
  readonly label: string;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Deploys: a thin line with a flag that says which. */
export function Marks({ marks, startMs, endMs }: Window & { readonly marks: readonly Mark[] }) {
  return marks
    .filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs)
    .map(({ timeMs, label }) => (
      <div key={`${timeMs} ${label}`} className="chart-mark" style={{ left: percent(timeMs, startMs, endMs) }}>
        <span className="chart-mark-flag" role="img" aria-label={label}>
          <IconRocket size={11} stroke={2} />
        </span>
        <span className="chart-mark-words">{label}</span>
      </div>
    ));
}

/** Error bursts: a tinted stretch. */
export function Bands({ bands, startMs, endMs }: Window & { readonly bands: readonly Band[] }) {
  return bands
    .filter((band) => band.endMs > startMs && band.startMs < endMs)
    .map((band) => {
      const left = Math.max(band.startMs, startMs);
      const right = Math.min(band.endMs, endMs);
      return (
        <div
          key={band.startMs}
          className="chart-band"
          role="img"
          aria-label={band.label}
          title={band.label}
          style={{ left: percent(left, startMs, endMs), width: percent(startMs + right - left, startMs, endMs) }}
        />
      );
    });
}

function percent(timeMs: number, startMs: number, endMs: number): string {
  return `${((timeMs - startMs) / (endMs - startMs)) * 100}%`;
}
