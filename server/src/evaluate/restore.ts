/** After a restart, `for` goes on where it stood: from what was recorded as ALERTS_FOR_STATE. Source: rules/group.go. */
import { log } from '#kit';
import { isStaleAt, labelPairs, labelsFrom, labelsKey, type Matcher, Refusal, type SeriesColumns } from '#model';
import type { Alert } from './alerts.ts';
import type { EvaluateDeps } from './deps.ts';
import type { AlertingRule } from './rule.ts';

/** An outage that was longer starts everything anew. */
const outageMsMax = 3_600_000;
/** After a restart nothing fires sooner than this, unless it was firing; alerts with a shorter `for` are not restored. */
const graceMs = 10 * 60_000;

/** Never refuses: what cannot be restored starts anew, and the log says so. */
export async function restoreForState(
  rule: AlertingRule,
  { nowMs, signal }: { nowMs: number; signal: AbortSignal },
  deps: EvaluateDeps,
): Promise<void> {
  const { forMs } = rule.spec;
  if (forMs >= graceMs && rule.active.size > 0) {
    const recorded = await recordedOf(rule, nowMs, signal, deps);
    for (const [key, alert] of rule.active) {
      const last = recorded.get(key);
      if (last !== undefined) alert.activeAtMs = restoredActiveAtMs(last, { forMs, nowMs });
    }
  }
  rule.restored = true;
}

interface Recorded {
  readonly downAtMs: number;
  readonly activeAtMs: number;
}

function restoredActiveAtMs(
  { downAtMs, activeAtMs }: Recorded,
  { forMs, nowMs }: { forMs: number; nowMs: number },
): Alert['activeAtMs'] {
  const remainingMs = forMs - (downAtMs - activeAtMs);
  // It was firing when Farol went down: it fires again at once.
  if (remainingMs <= 0) return activeAtMs;
  if (remainingMs < graceMs) return nowMs + graceMs - forMs;
  return activeAtMs + (nowMs - downAtMs);
}

/** The last recorded state by the alert's labels; without those that had ended. */
async function recordedOf(
  rule: AlertingRule,
  nowMs: number,
  signal: AbortSignal,
  { select, tenant, limits }: EvaluateDeps,
): Promise<Map<string, Recorded>> {
  const found = new Map<string, Recorded>();
  try {
    const { samplesMax, seriesMax } = limits.query;
    const matchers = matchersOf(rule);
    const series = await select({
      tenant,
      matchers,
      startMs: nowMs - outageMsMax,
      endMs: nowMs,
      signal,
      samplesMax,
      seriesMax,
    });
    for (const one of series) {
      const last = lastOf(one);
      if (last === undefined) continue;
      const labels = labelsFrom([...labelPairs(one.labels), ['__name__', '']]);
      found.set(labelsKey(labels), last);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.error({ alert: rule.spec.name, reason: error.message }, "the 'for' state of an alert could not be restored");
  }
  return found;
}

/** Labels that are templates are different for each alert, and so match nothing. */
function matchersOf({ spec }: AlertingRule): Matcher[] {
  const fixed = [...labelPairs(spec.labels)].filter(([name, value]) => name !== 'alertname' && !value.includes('{{'));
  return [['__name__', 'ALERTS_FOR_STATE'], ['alertname', spec.name], ...fixed].map(([name = '', value = '']) => ({
    name,
    kind: '=',
    value,
  }));
}

function lastOf({ timesMs, values }: SeriesColumns): Recorded | undefined {
  const times = timesMs;
  const cells = values;
  const at = cells.length - 1;
  const bits = new Uint32Array(cells.buffer, cells.byteOffset, 2 * cells.length);
  if (at < 0 || isStaleAt(bits, at)) return undefined;
  return { downAtMs: times[at] ?? 0, activeAtMs: (cells[at] ?? 0) * 1000 };
}
