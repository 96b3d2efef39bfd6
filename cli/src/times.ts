/** Loki's and Tempo's times: nanoseconds since the epoch, as text. */

export const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * 1_000_000n);

/** UTC, as logs and traces are compared across machines. */
export const timeOf = (ns: string): string => new Date(Number(BigInt(ns) / 1_000_000n)).toISOString();
