/** Whether two Prometheus answers say the same: the same series, the same times, values within rounding. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface Answer {
  readonly data: { readonly result: readonly Series[] };
}

const tolerance = 1e-9;

/** Undefined when they agree, else the first difference in words. */
export function differenceOf(ours: Buffer, theirs: Buffer): string | undefined {
  const [mine, other] = [ours, theirs].map((body) => byLabels(JSON.parse(body.toString()) as Answer));
  if (!mine || !other) return undefined;
  if (mine.size !== other.size) return `${mine.size} series against ${other.size}`;
  for (const [labels, points] of other) {
    const found = mine.get(labels);
    if (!found) return `${labels} is missing`;
    if (found.length !== points.length) return `${labels}: ${found.length} points against ${points.length}`;
    const at = points.findIndex(
      ([time, value], i) => time !== found[i]?.[0] || !near(Number(found[i]?.[1]), Number(value)),
    );
    if (at >= 0) return `${labels} at ${points[at]?.[0]}: ${found[at]?.[1]} against ${points[at]?.[1]}`;
  }
  return undefined;
}

function byLabels({ data }: Answer): Map<string, readonly (readonly [number, string])[]> {
  return new Map(
    data.result.map(({ metric, value, values }) => [
      JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      values ?? (value ? [value] : []),
    ]),
  );
}

function near(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
