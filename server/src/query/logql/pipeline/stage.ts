import type { TemplateLimits } from '../template/index.ts';
import type { LineState } from './state.ts';

/** A compiled stage. False drops the line. */
export type Step = (state: LineState) => boolean;

/** What stages need to be compiled. */
export interface StageContext {
  readonly hints: Hints;
  readonly templates: TemplateLimits;
  readonly nowNs: () => bigint;
}

/** Which fields a metric query can do without. A log query wants them all. */
export interface Hints {
  /** Nothing that a parser finds is of use. */
  readonly noLabels: boolean;
  /** The only names of use; undefined for all. */
  readonly required?: ReadonlySet<string>;
  /** A filter looks at `__error__`: an error is part of the answer then, not the end of it. */
  readonly preserveError: boolean;
}

export const everything: Hints = { noLabels: false, preserveError: false };

/** A stage that cannot be compiled, in Loki's words. */
export class StageProblem extends Error {}
