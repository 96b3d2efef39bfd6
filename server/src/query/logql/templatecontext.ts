import type { QueryContext } from './context.ts';
import type { StageContext } from './pipeline/index.ts';

/** The bounds of a query's templates, and the time that they may ask for. */
export function templateContext({
  limits,
  clock,
}: Pick<QueryContext, 'limits' | 'clock'>): Omit<StageContext, 'hints'> {
  return {
    templates: { textMax: limits.templateTextMax, stepsMax: limits.templateStepsMax },
    nowNs: () => BigInt(Math.round(clock.nowMs())) * 1_000_000n,
  };
}
