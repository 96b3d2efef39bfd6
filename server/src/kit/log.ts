/**
 * Farol's own log: one JSON object a line on stderr (on a terminal: words), and the same records to whoever subscribes
 * (the store, later).
 */
import pino from 'pino';
import { readable } from './readable.ts';
import { currentWork } from './work.ts';

type Subscriber = (line: string) => void;
const subscribers = new Set<Subscriber>();

export const log = pino(
  {
    level: process.env.FAROL_LOG_LEVEL ?? 'info',
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin() {
      const work = currentWork();
      return work ? { trace_id: work.traceId, span_id: work.spanId } : {};
    },
  },
  {
    write(line: string) {
      process.stderr.write(process.stderr.isTTY ? readable(line) : line);
      for (const tell of subscribers) tell(line);
    },
  },
);

/** Tells each new record (a JSON line) until the returned function is called. Must not log. */
export function subscribeToLog(tell: Subscriber): () => void {
  subscribers.add(tell);
  return () => subscribers.delete(tell);
}
