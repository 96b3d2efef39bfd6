interface Asked {
  readonly tenant: string;
  readonly text: string;
  /** How many lines a log query answers at most. Metric queries have no use for it. Default 100. */
  readonly limit?: number;
  /** Which lines a log query answers first. Default backward: the newest. */
  readonly direction?: 'forward' | 'backward';
  readonly signal: AbortSignal;
}

/** A metric query at one time. A log query is refused, as Loki does. */
export interface InstantQuestion extends Asked {
  readonly kind: 'instant';
  readonly timeNs: bigint;
}

/** A metric query at startNs, startNs + step, … up to endNs; a log query over startNs <= time < endNs. */
export interface RangeQuestion extends Asked {
  readonly kind: 'range';
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepMs: number;
  /** A log query leaves out lines that are closer than this to the one before. Default 0: none. */
  readonly intervalMs?: number;
}

export type LogqlQuestion = InstantQuestion | RangeQuestion;
