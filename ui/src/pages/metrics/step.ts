/** How far apart the points are. Pure. */
const niceMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1_000,
);

export const stepChoices = ['5s', '15s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const;

const pointsWanted = 240;
/** Prometheus refuses more than 11,000 points a series. */
const pointsMax = 11_000;

export function stepMsFor(
  range: { startMs: number; endMs: number },
  chosen: string | undefined,
  points = pointsWanted,
): number {
  const lengthMs = range.endMs - range.startMs;
  const auto = niceMs.find((step) => lengthMs / step <= points) ?? 86_400_000;
  const wanted = chosen === undefined ? undefined : stepMsOf(chosen);
  return wanted !== undefined && lengthMs / wanted <= pointsMax ? wanted : auto;
}

/** The range on multiples of the step, so that a refresh shifts the line instead of redrawing another one. */
export function alignedTo(
  range: { startMs: number; endMs: number },
  stepMs: number,
): { startMs: number; endMs: number } {
  const startMs = Math.floor(range.startMs / stepMs) * stepMs;
  return { startMs, endMs: Math.max(startMs + stepMs, Math.floor(range.endMs / stepMs) * stepMs) };
}

function stepMsOf(text: string): number | undefined {
  const match = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? ''] ?? 0) || undefined;
}
