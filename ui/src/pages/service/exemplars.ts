import type { Exemplar } from '@farol/contract';

/** As many points as can still be told apart and clicked. */
const pointsMax = 120;

/** Failing ones first, then the slowest: what one would click. In time order, at most `pointsMax`. Pure. */
export function pickExemplars(exemplars: readonly Exemplar[], which: 'all' | 'failing'): readonly Exemplar[] {
  const wanted = which === 'failing' ? exemplars.filter(({ error }) => error) : exemplars;
  const unique = [...new Map(wanted.map((exemplar) => [`${exemplar.traceId}${exemplar.spanId}`, exemplar])).values()];
  return unique
    .sort((a, b) => Number(b.error) - Number(a.error) || b.valueMs - a.valueMs)
    .slice(0, pointsMax)
    .sort((a, b) => a.timeMs - b.timeMs);
}
