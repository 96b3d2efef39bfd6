/**
 * One wide event per unit of work: a constant name, rich attributes, how long it took, whether it failed. Whoever
 * subscribes (the self feed) makes spans of them. Costs next to nothing when nobody does.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { afterwards } from './afterwards.ts';

export type WorkAttributes = Record<string, string | number | boolean>;

export interface WorkEvent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: WorkAttributes;
  readonly error?: Error;
}

interface Context {
  readonly traceId: string;
  readonly spanId: string;
  /** What happens inside is not told. */
  readonly isQuiet?: boolean;
  /** The same for all that happens inside. */
  readonly notes: WorkNotes;
}

/** What is learnt on the way, for whoever ends the work. */
export interface WorkNotes {
  /** Why it was not done, where that is answered and not thrown. */
  failure?: Error;
  /** Spent on purpose, in wait for company. */
  gatheredMs: number;
}

type Subscriber = (event: WorkEvent) => void;
const subscribers = new Set<Subscriber>();
const current = new AsyncLocalStorage<Context>();

export function subscribeToWork(tell: Subscriber): () => void {
  subscribers.add(tell);
  return () => subscribers.delete(tell);
}

export interface OpenWork {
  /** `00-…-…-01`, as W3C Trace Context spells it. */
  readonly traceparent: string;
  readonly notes: Readonly<WorkNotes>;
  set(attributes: WorkAttributes): void;
  /** Ends the event and tells it, unless `untold`: for work that would only be noise. */
  end(outcome?: { error?: Error; untold?: boolean }): void;
  /** Runs `inside` with this work as the parent of what it starts. */
  run<T>(inside: () => T): T;
}

/** Opens a unit of work below the current one, or below `parent` (a W3C `traceparent` header) when it is valid. */
export function openWork(name: string, kind: WorkEvent['kind'], parent?: string): OpenWork {
  const above = parseTraceparent(parent) ?? current.getStore();
  const context: Context = {
    traceId: above?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    ...(above?.isQuiet && { isQuiet: true }),
    notes: above?.notes ?? { gatheredMs: 0 },
  };
  const attributes: WorkAttributes = {};
  const startMs = Date.now();
  const startTick = performance.now();
  return {
    traceparent: `00-${context.traceId}-${context.spanId}-01`,
    notes: context.notes,
    set: (more) => void Object.assign(attributes, more),
    run: (inside) => current.run(context, inside),
    end({ error, untold } = {}) {
      if (untold || context.isQuiet || subscribers.size === 0) return;
      const durationMs = performance.now() - startTick;
      const parentSpanId = above?.spanId ?? '';
      const { traceId, spanId } = context;
      const event = {
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startMs,
        durationMs,
        attributes,
        ...(error && { error }),
      };
      afterwards(() => {
        for (const tell of subscribers) tell(event);
      });
    },
  };
}

const pool = Buffer.alloc(4_096);
let unused = 0;

/** Random bytes cost as much by the thousand as by the dozen, more than all else that a unit of work does. */
function randomHex(bytes: number): string {
  if (unused < bytes) {
    randomFillSync(pool);
    unused = pool.length;
  }
  unused -= bytes;
  return pool.toString('hex', unused, unused + bytes);
}

/** Runs `inside` as one unit of work. */
export async function work<T>(name: string, inside: (work: OpenWork) => Promise<T>): Promise<T> {
  const open = openWork(name, 'internal');
  try {
    const result = await open.run(() => inside(open));
    open.end();
    return result;
  } catch (error) {
    open.end({ error: error as Error });
    throw error;
  }
}

/** Work that its parent tells enough of: what happens inside makes no events of its own. */
export function quietly<T>(inside: () => T): T {
  const { traceId = '', spanId = '', notes = { gatheredMs: 0 } } = current.getStore() ?? {};
  return current.run({ traceId, spanId, isQuiet: true, notes }, inside);
}

interface InspectedQuestion<T> {
  /** `query.promql` */
  readonly name: string;
  readonly text: string;
  /** What the answer cost, in numbers. */
  readonly cost: (answered: T) => object;
}

/** Answers a question as one unit of work that says what was asked and, as `farol.*`, what the answer cost. */
export function inspected<T>({ name, text, cost }: InspectedQuestion<T>, answer: () => Promise<T>): Promise<T> {
  return work(name, async (unit) => {
    unit.set({ 'farol.question': text });
    const answered = await answer();
    // Before the event is told, for that waits as well.
    afterwards(() => {
      for (const [fact, value] of Object.entries(cost(answered))) unit.set({ [`farol.${fact}`]: value });
    });
    return answered;
  });
}

/** The work under way fails, and is answered all the same: the last word counts. */
export function noteFailure(error: Error): void {
  const context = current.getStore();
  if (context) context.notes.failure = error;
}

/** The work under way waited on purpose; waits side by side are one. */
export function noteGathered(ms: number): void {
  const context = current.getStore();
  if (context) context.notes.gatheredMs = Math.max(context.notes.gatheredMs, ms);
}

/** The ids of the work under way, for log lines. */
export function currentWork(): { traceId: string; spanId: string } | undefined {
  return current.getStore();
}

function parseTraceparent(header: string | undefined): Context | undefined {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(header ?? '');
  if (!match?.[1] || !match[2] || /^0+$/.test(match[1]) || /^0+$/.test(match[2])) return undefined;
  return { traceId: match[1], spanId: match[2], notes: { gatheredMs: 0 } };
}
