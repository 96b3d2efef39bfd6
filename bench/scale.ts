/** How much each section does: the full size is what the requirements ask for, the quick one shows that it works. */
export interface Scale {
  readonly name: 'full' | 'quick';
  readonly ingestSeconds: number;
  readonly idleSeconds: number;
  /** For the needle. */
  readonly logLines: number;
  /** Of samples, for PromQL. */
  readonly promqlHours: number;
  readonly promqlStepMs: number;
  readonly repeats: number;
}

export const full: Scale = {
  name: 'full',
  ingestSeconds: 60,
  idleSeconds: 60,
  logLines: 5_000_000,
  promqlHours: 24,
  promqlStepMs: 30_000,
  repeats: 9,
};

export const quick: Scale = {
  name: 'quick',
  ingestSeconds: 10,
  idleSeconds: 10,
  logLines: 300_000,
  promqlHours: 3,
  promqlStepMs: 30_000,
  repeats: 3,
};
