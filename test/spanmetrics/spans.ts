/** Spans in the few words that tests need, and as the OTLP JSON that a sender would make of them. */

export interface Sent {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

const attributesOf = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** In the order given; neighbours of one service share a resource. */
export function otlpJson(spans: readonly Sent[]): string {
  const resourceSpans = spans.map((span) => {
    const startNs = BigInt(Math.round(span.startMs * 1000)) * 1000n;
    return {
      resource: { attributes: attributesOf({ 'service.name': span.service }) },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId,
              name: span.name,
              kind: kinds[span.kind],
              startTimeUnixNano: String(startNs),
              endTimeUnixNano: String(startNs + BigInt(Math.round(span.durationMs * 1e6))),
              attributes: attributesOf(span.attributes ?? {}),
              links: span.links ?? [],
              status: { code: span.error ? 2 : 0 },
            },
          ],
        },
      ],
    };
  });
  return JSON.stringify({ resourceSpans });
}

/** A seeded generator, so that a failure can be had again (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Traces with everything that can be told of a request: an uninstrumented user, two services, a database, somebody
 * else's service, a queue with two consumers, one that takes all its messages at once in a trace of its own, a client whose callee never tells, a server whose caller never does.
 */
export function bookings(count: number, { seed, startMs }: { seed: number; startMs: number }): Sent[] {
  const chance = chanceFrom(seed);
  let ids = 0;
  const spans: Sent[] = [];
  const messages: { traceId: string; spanId: string }[] = [];
  const hex = (digits: number) => (seed * 1_000_000 + ++ids).toString(16).padStart(digits, '0');
  for (let i = 0; i < count; i++) {
    const traceId = hex(32);
    const add = (
      parentSpanId: string,
      [service, kind, name]: [string, Sent['kind'], string],
      attributes?: Sent['attributes'],
    ) => {
      const spanId = hex(16);
      const durationMs = 2 ** Math.floor(chance() * 16) * (chance() < 0.3 ? 1 : chance());
      const error = chance() < 0.2;
      spans.push({
        service,
        kind,
        name,
        traceId,
        spanId,
        parentSpanId,
        startMs: startMs + i,
        durationMs,
        error,
        attributes,
      });
      return spanId;
    };
    const root = add('', ['gateway', 'server', 'POST /book']);
    const call = add(root, ['gateway', 'client', 'POST'], { 'server.address': '10.0.0.3' });
    const answer = add(call, ['bookings', 'server', 'POST /bookings']);
    add(answer, ['bookings', 'internal', 'book']);
    add(answer, ['bookings', 'client', 'INSERT bookings'], { 'db.system.name': 'postgresql', 'server.address': 'db' });
    if (chance() < 0.5) add(answer, ['bookings', 'client', 'POST'], { 'server.address': 'payments.example' });
    if (chance() < 0.3) add(answer, ['bookings', 'client', 'GET']);
    const message = add(answer, ['bookings', 'producer', 'booked'], { 'messaging.system': 'rabbitmq' });
    messages.push({ traceId, spanId: message });
    if (chance() < 0.8) add(message, ['mailer', 'consumer', 'booked']);
    if (chance() < 0.5) add(message, ['billing', 'consumer', 'booked']);
    if (chance() < 0.2) add('00000000000000ff', ['mailer', 'server', 'GET /health']);
  }
  const [service, name, traceId, spanId] = ['auditor', 'audit', hex(32), hex(16)];
  const audit = { service, kind: 'consumer', name, traceId, spanId, parentSpanId: '', startMs, durationMs: 5 } as const;
  spans.push({ ...audit, links: [...messages, { traceId, spanId: '00000000000000ee' }] });
  return spans;
}
