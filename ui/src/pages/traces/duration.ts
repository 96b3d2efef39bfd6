/** `1.5s`, `200ms`, `90` (milliseconds), `2m` → milliseconds. Pure. */
const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  '': 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
};

export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d{1,9}(?:[.,]\d{1,6})?)\s*(us|µs|ms|s|m|min)?$/.exec(text.trim());
  if (!match) return undefined;
  return Number((match[1] ?? '').replace(',', '.')) * (unitMs[match[2] ?? ''] ?? 1);
}

/** `key=value`, where the value may hold further equals signs. */
export function isTag(text: string): boolean {
  return /^[^=\s!]+=./.test(text.trim());
}
