/** Farol's own log: one JSON object a line on stderr, and the same records to whoever subscribes (the store, later). */
import pino from 'pino';

type Subscriber = (line: string) => void;
const subscribers = new Set<Subscriber>();

export const log = pino(
  { level: process.env.FAROL_LOG_LEVEL ?? 'info', base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
  {
    write(line: string) {
      process.stderr.write(line);
      for (const tell of subscribers) tell(line);
    },
  },
);

/** Tells each new record (a JSON line) until the returned function is called. Must not log. */
export function subscribeToLog(tell: Subscriber): () => void {
  subscribers.add(tell);
  return () => subscribers.delete(tell);
}
