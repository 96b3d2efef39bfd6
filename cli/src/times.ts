/** Times as the APIs write them: Prometheus in seconds, Loki and Tempo in nanoseconds since the epoch. */

export const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * 1_000_000n);

/** UTC, as logs and traces are compared across machines. */
export const timeOf = (ns: string): string => new Date(Number(BigInt(ns) / 1_000_000n)).toISOString();

/** Prometheus' times and steps. */
export const seconds = (ms: number): string => String(ms / 1000);

const pointsDefault = 60;

/** Of a range: as asked, else so that there are some sixty points. */
export const stepOf = ({ stepMs }: { readonly stepMs?: number }, sinceMs: number): number =>
  stepMs ?? Math.max(1000, Math.ceil(sinceMs / pointsDefault));
