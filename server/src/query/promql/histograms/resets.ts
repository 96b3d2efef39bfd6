import { type Histogram, type Side, usesCustomBuckets } from './histogram.ts';
import { commonLayout, widerThreshold, withLayout, withSchema, withThreshold } from './layout.ts';

/** Whether a counter histogram restarted between two samples: any count fell, or its layout became finer. */
export function isReset(now: Histogram, before: Histogram): boolean {
  if (now.resetHint === 'reset') return true;
  if (now.resetHint === 'not_reset') return false;
  if (now.count < before.count) return true;
  if (usesCustomBuckets(now) || usesCustomBuckets(before)) return isCustomReset(now, before);
  if (now.schema > before.schema || now.zeroThreshold < before.zeroThreshold) return true;
  if (widerThreshold(before, now.zeroThreshold) !== now.zeroThreshold) return true;
  const aligned = withSchema(withThreshold(before, now.zeroThreshold), now.schema);
  if (now.zeroCount < aligned.zeroCount) return true;
  return hasFallen(now.positive, aligned.positive) || hasFallen(now.negative, aligned.negative);
}

function isCustomReset(now: Histogram, before: Histogram): boolean {
  const layout = commonLayout(now, before);
  if (layout === undefined) return true;
  return hasFallen(withLayout(now, layout).positive, withLayout(before, layout).positive);
}

function hasFallen(now: Side, before: Side): boolean {
  return before.indexes.some((index, i) => {
    const at = now.indexes.indexOf(index);
    return (at < 0 ? 0 : (now.counts[at] ?? 0)) < (before.counts[i] ?? 0);
  });
}
