/**
 * The last questions, each with the steps its answer took: what the query inspector shows. Fed by the wide events of
 * `work.ts`; a request that took no step of its own is no question. Bounded; the oldest are forgotten first.
 */
import { catchUp } from './afterwards.ts';
import { subscribeToWork, type WorkAttributes, type WorkEvent } from './work.ts';

export interface Inquiry {
  /** The trace of the question: 32 hexadecimal digits. */
  readonly id: string;
  readonly tenant: string;
  /** `GET /api/logs`: the route, not the address. */
  readonly name: string;
  /** The query's text, where a step has one (`farol.question`). */
  readonly question?: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly attributes: WorkAttributes;
  /** In the order they began. */
  readonly steps: readonly InquiryStep[];
}

export interface InquiryStep {
  readonly name: string;
  /** After the question's own start. */
  readonly afterMs: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly attributes: WorkAttributes;
}

export interface Inquiries extends Disposable {
  /** Newest first. */
  recent(tenant: string, limit: number): Inquiry[];
  find(tenant: string, id: string): Inquiry | undefined;
}

const keptMax = 500;
const stepsMax = 200;
/** Traces whose request has not ended yet. */
const pendingMax = 2_000;

export function keepInquiries(): Inquiries {
  const kept: Inquiry[] = [];
  const pending = new Map<string, WorkEvent[]>();

  function take(event: WorkEvent): void {
    const steps = pending.get(event.traceId);
    if (event.kind !== 'server') {
      if (steps === undefined) pending.set(event.traceId, [event]);
      else if (steps.length < stepsMax) steps.push(event);
      if (pending.size > pendingMax) pending.delete(pending.keys().next().value as string);
      return;
    }
    pending.delete(event.traceId);
    if (steps === undefined) return;
    kept.push(inquiryOf(event, steps));
    if (kept.length > keptMax) kept.shift();
  }

  const unsubscribe = subscribeToWork(take);
  return {
    recent(tenant, limit) {
      catchUp();
      return kept
        .filter((one) => one.tenant === tenant)
        .slice(-limit)
        .reverse();
    },
    find(tenant, id) {
      catchUp();
      return kept.findLast((one) => one.id === id && one.tenant === tenant);
    },
    [Symbol.dispose]: () => unsubscribe(),
  };
}

function inquiryOf(request: WorkEvent, steps: readonly WorkEvent[]): Inquiry {
  const { 'farol.tenant': tenant = 'main', ...attributes } = request.attributes;
  const question = steps.map((step) => step.attributes['farol.question']).find((text) => text !== undefined);
  return {
    id: request.traceId,
    tenant: String(tenant),
    name: request.name,
    ...(question !== undefined && { question: String(question) }),
    startMs: request.startMs,
    durationMs: request.durationMs,
    ...(request.error && { error: request.error.message }),
    attributes,
    steps: steps
      .map((step) => ({
        name: step.name,
        afterMs: Math.max(0, step.startMs - request.startMs),
        durationMs: step.durationMs,
        ...(step.error && { error: step.error.message }),
        attributes: step.attributes,
      }))
      .sort((a, b) => a.afterMs - b.afterMs),
  };
}
