/** `@Traced()` on a method makes it a span of its own: `AppointmentsService.book`, with the exception when it throws. */
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('appointments');

// An exception passes several spans on its way up; only the deepest, which saw it first, carries the stack.
const recorded = new WeakSet<object>();

type Method<A extends unknown[], R> = (this: object, ...args: A) => Promise<R>;

export function Traced() {
  return <A extends unknown[], R>(target: object, key: string, descriptor: TypedPropertyDescriptor<Method<A, R>>) => {
    const method = descriptor.value;
    if (!method) throw new TypeError(`@Traced() stands on a method, ${key} is none`);
    const name = `${target.constructor.name}.${key}`;
    descriptor.value = function traced(...args) {
      return inSpan(name, () => method.apply(this, args));
    };
  };
}

export function inSpan<R>(name: string, work: () => Promise<R>): Promise<R> {
  return tracer.startActiveSpan(name, { attributes: { 'code.function.name': name } }, async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A caller's mistake (4xx) is an answer, not a failure: the span keeps its status. */
function fail(span: Span, error: unknown): void {
  if (!(error instanceof Error)) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    return;
  }
  if (isCallersMistake(error)) return;
  if (!recorded.has(error)) span.recordException(error);
  recorded.add(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}

function isCallersMistake(error: Error): boolean {
  return 'getStatus' in error && typeof error.getStatus === 'function' && Number(error.getStatus()) < 500;
}
