/** Remote write 1.0 and 2.0: POST `/prometheus/api/v1/write`, and `/api/v1/write` for vmalert and for habits. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Pace, SnappyDecoder, snappyLength } from '#kit';
import { Refusal, tenantOf } from '#model';
import { describeRejections, Tally, windowAt } from '#normalise';
import { bookRefused, bookStored, bookUndecoded } from '../books.ts';
import type { Lease } from '../budget.ts';
import type { ReceiveDeps } from '../deps.ts';
import { asRefusal, onlyPost, rawBody, refuseInText, takeRawBodies, userAgentOf, withLease } from '../http.ts';
import { largeBytesMin } from '../turns.ts';
import { checkEncoding, tellWritten, type Version, versionOf } from './headers.ts';
import { nothing, type Scan, type Scanned, type Written } from './items.ts';
import type { SenderFacts } from './learner.ts';
import { WriteMemory } from './memory.ts';
import { portionsOf } from './portions.ts';
import { scanWriteRequest } from './scan.ts';
import { scanRequest2 } from './scan2.ts';

const paths = ['/prometheus/api/v1/write', '/api/v1/write'];

export function remoteWriteRoutes(deps: ReceiveDeps): FastifyPluginAsync {
  const memory = new WriteMemory();
  return async (app) => {
    takeRawBodies(app);
    for (const path of paths) {
      app.post(path, (request, reply) => answer(request, reply, deps, memory));
      onlyPost(app, path, refuseInText);
    }
  };
}

const book = (deps: ReceiveDeps) => ({ ledger: deps.ledger, protocol: 'remote-write', signal: 'metrics' }) as const;

async function answer(request: FastifyRequest, reply: FastifyReply, deps: ReceiveDeps, memory: WriteMemory) {
  const sender = userAgentOf(request);
  const tell = (written: Written) => saysVersion2(request) && tellWritten(reply, written);
  tell(nothing);
  try {
    const tally = await withLease(request, deps, async (lease) => {
      const body = await read(request, deps, memory, lease).catch((error) => {
        bookUndecoded(book(deps), sender, error);
        throw error;
      });
      await store(body, { sender, tell, memory }, deps);
      return body.tally;
    });
    const message = describeRejections([tally], 'samples, exemplars and histograms');
    return message === undefined ? reply.code(204).send() : refuseInText(partlyRefused(tally, message), reply);
  } catch (error) {
    return refuseInText(asRefusal(error, 'remote-write'), reply);
  }
}

function saysVersion2({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.includes('io.prometheus.write.v2.Request') ?? false;
}

interface Read {
  readonly tenant: string;
  readonly found: Scanned;
  readonly tally: Tally;
}

async function read(request: FastifyRequest, deps: ReceiveDeps, memory: WriteMemory, lease: Lease): Promise<Read> {
  const version = versionOf(request.headers);
  checkEncoding(request.headers);
  const tenant = tenantOf(request.headers['x-scope-orgid']);
  const block = await rawBody(request, deps, lease);
  const limits = deps.limits.receive;
  const header = snappyLength(block, limits.decodedBytesMax);
  lease.grow(header.length);
  const tally = new Tally();
  memory.follow(deps.forgets?.() ?? 0);
  const window = windowAt(deps.clock.nowMs(), deps.retentionMs.metrics, limits.futureMsMax);
  const sender = { tenant, tenantNumber: memory.tenantNumber(tenant), window, tally };
  const endTurn = header.length > largeBytesMin ? await deps.budget.decoding.take(lease.who) : undefined;
  try {
    const found = await memory.withBuffer(header.length, async (buffer) => {
      const decoder = new SnappyDecoder(buffer, block, header);
      await paced(() => decoder.decode(snappyBytesPerStep), deps);
      const scan = scanOf(version, buffer.subarray(0, header.length), sender, { deps, memory });
      await paced(() => scan.read(seriesPerStep), deps);
      return scan.found;
    });
    return { tenant, found, tally };
  } finally {
    endTurn?.();
  }
}

const snappyBytesPerStep = 512 * 1024;
const seriesPerStep = 64;

/** Calls `step` until it is done, with turns for everybody else: at 5 µs a new series, 64 MiB take seconds. */
async function paced(step: () => boolean, { clock }: ReceiveDeps): Promise<void> {
  const pace = new Pace(clock);
  while (!step()) if (pace.isDue) await pace.rest();
}

function scanOf(
  version: Version,
  body: Uint8Array,
  sender: SenderFacts,
  { deps, memory }: { deps: ReceiveDeps; memory: WriteMemory },
): Scan {
  const about = { intern: deps.intern, limits: deps.limits.receive };
  return version === 1
    ? scanWriteRequest(body, sender, { ...about, table: memory.table, metadata: memory.metadata })
    : scanRequest2(body, sender, { ...about, ...memory.forVersion2(), lives: memory.lives });
}

/** Resolves when everything is durable; `tell` is told how much is, also when the rest is not. */
async function store(
  { tenant, found, tally }: Read,
  { sender, tell, memory }: { sender: string; tell: (written: Written) => void; memory: WriteMemory },
  deps: ReceiveDeps,
): Promise<void> {
  const written: Written = { ...nothing };
  const writes: Promise<void>[] = [];
  const pace = new Pace(deps.clock);
  for (const portion of portionsOf(tenant, found)) {
    if (pace.isDue) await pace.rest();
    const write = deps.write(portion.batch).then(() => addTo(written, portion.written));
    // It may fail while others have their turn; what became of it is looked at below.
    write.catch(() => {});
    writes.push(write);
  }
  const failed = (await Promise.allSettled(writes)).find((end) => end.status === 'rejected');
  tell(failed ? written : found.written);
  if (!failed) return bookStored(book(deps), new Map([[sender, tally]]), 0);
  memory.forgetBegun(found);
  const durable = new Tally();
  durable.receive(written.samples + written.histograms + written.exemplars);
  tally.received -= durable.received;
  bookStored(book(deps), new Map([[sender, durable]]), 0);
  bookRefused(book(deps), new Map([[sender, tally]]), failed.reason);
  throw failed.reason;
}

function addTo(sum: Written, more: Written): void {
  sum.samples += more.samples;
  sum.histograms += more.histograms;
  sum.exemplars += more.exemplars;
}

/** The valid part is stored. 400 tells the sender not to repeat; past the series limit a repeat may succeed later. */
function partlyRefused(tally: Tally, message: string): Refusal {
  return new Refusal(message, { code: tally.reasons.has('series_limit') ? 'SERIES_LIMIT' : 'BAD_REQUEST' });
}
