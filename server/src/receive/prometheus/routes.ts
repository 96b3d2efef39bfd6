/** Remote write 1.0: POST `/prometheus/api/v1/write`, and `/api/v1/write` for vmalert and for habits. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { Refusal, tenantOf } from '#model';
import { describeRejections, type Tallies, Tally, windowAt } from '#normalise';
import type { WriteBatch } from '#store';
import { bookRefused, bookStored, bookUndecoded } from '../books.ts';
import type { Lease } from '../budget.ts';
import type { ReceiveDeps } from '../deps.ts';
import { mediaTypeOf, onlyPost, rawBody, retryAfter, takeRawBodies, userAgentOf, withLease } from '../http.ts';
import { snappyDecodeInto, snappyLength } from '../snappy.ts';
import { MetadataMemory } from './metadata.ts';
import { type Scanned, scanWriteRequest } from './scan.ts';
import { SeriesTable } from './seriestable.ts';

const paths = ['/prometheus/api/v1/write', '/api/v1/write'];

const entriesMax = 500_000;
const arenaBytesMax = 96 * 1024 * 1024;
const metricsMax = 50_000;

export function remoteWriteRoutes(deps: ReceiveDeps): FastifyPluginAsync {
  const memory = createWriteMemory();
  return async (app) => {
    takeRawBodies(app);
    for (const path of paths) {
      app.post(path, (request, reply) => answer(request, reply, deps, memory));
      onlyPost(app, path, refuse);
    }
  };
}

/** What is remembered between requests. */
interface WriteMemory {
  readonly table: SeriesTable;
  readonly metadata: MetadataMemory;
  readonly tenants: Map<string, number>;
  /** Decoded bodies of common size pass through here one after the other: scanning copies what it keeps. */
  readonly scratch: { bytes: Uint8Array };
}

function createWriteMemory(): WriteMemory {
  return {
    table: new SeriesTable({ entriesMax, arenaBytesMax }),
    metadata: new MetadataMemory(metricsMax),
    tenants: new Map(),
    scratch: { bytes: new Uint8Array(256 * 1024) },
  };
}

const book = (deps: ReceiveDeps) => ({ ledger: deps.ledger, protocol: 'remote-write', signal: 'metrics' }) as const;

async function answer(request: FastifyRequest, reply: FastifyReply, deps: ReceiveDeps, memory: WriteMemory) {
  const sender = userAgentOf(request);
  try {
    const tally = await withLease(request, deps, async (lease) => {
      const { batch, tally } = await read(request, deps, memory, lease).catch((error) => {
        bookUndecoded(book(deps), sender, error);
        throw error;
      });
      await store(batch, new Map([[sender, tally]]), deps);
      return tally;
    });
    const message = describeRejections([tally], 'samples, exemplars and histograms');
    return message === undefined ? reply.code(204).send() : refuse(partlyRefused(tally, message), reply);
  } catch (error) {
    return refuse(asRefusal(error), reply);
  }
}

interface Read {
  readonly batch: WriteBatch | undefined;
  readonly tally: Tally;
}

async function read(request: FastifyRequest, deps: ReceiveDeps, memory: WriteMemory, lease: Lease): Promise<Read> {
  checkHeaders(request);
  const tenant = tenantOf(request.headers['x-scope-orgid']);
  const block = await rawBody(request, deps, lease);
  const limits = deps.limits.receive;
  const header = snappyLength(block, limits.decodedBytesMax);
  lease.grow(header.length);
  const out = outputFor(header.length, memory);
  snappyDecodeInto(out, block, header);
  const tally = new Tally();
  const window = windowAt(deps.clock.nowMs(), deps.retentionMs.metrics, limits.futureMsMax);
  const scanned = scanWriteRequest(
    out.subarray(0, header.length),
    { tenant, tenantNumber: tenantNumber(tenant, memory), window, tally },
    { intern: deps.intern, limits, table: memory.table, metadata: memory.metadata },
  );
  return { batch: batchOf(tenant, scanned), tally };
}

const scratchBytesMax = 4 * 1024 * 1024;

/** Decoding and scanning happen without a pause between them, so one buffer serves every request of common size. */
function outputFor(length: number, { scratch }: WriteMemory): Uint8Array {
  if (length > scratchBytesMax) return new Uint8Array(length);
  if (scratch.bytes.length < length) scratch.bytes = new Uint8Array(Math.min(scratchBytesMax, length * 2));
  return scratch.bytes;
}

const tenantsMax = 10_000;

function tenantNumber(tenant: string, { tenants, table }: WriteMemory): number {
  const known = tenants.get(tenant);
  if (known !== undefined) return known;
  if (tenants.size >= tenantsMax) {
    tenants.clear();
    table.clear();
  }
  tenants.set(tenant, tenants.size);
  return tenants.size - 1;
}

function batchOf(tenant: string, { samples, histograms, exemplars, metadata }: Scanned): WriteBatch | undefined {
  const columns = samples.columns();
  if (!columns && histograms.length + exemplars.length + metadata.length === 0) return undefined;
  return { tenant, ...(columns && { samples: columns }), histograms, exemplars, metadata };
}

async function store(batch: WriteBatch | undefined, tallies: Tallies, deps: ReceiveDeps): Promise<void> {
  try {
    const receipt = batch && (await deps.write(batch));
    bookStored(book(deps), tallies, receipt?.duplicateRows ?? 0);
  } catch (error) {
    bookRefused(book(deps), tallies, error);
    throw error;
  }
}

function checkHeaders({ headers }: FastifyRequest): void {
  const media = mediaTypeOf(headers['content-type']);
  if (media?.type !== 'application/x-protobuf') {
    throw unsupported(
      `Content-Type ${JSON.stringify((headers['content-type'] ?? '').slice(0, 80))} is not supported; send application/x-protobuf`,
    );
  }
  const proto = media.params.get('proto') ?? 'prometheus.WriteRequest';
  if (proto !== 'prometheus.WriteRequest') {
    throw unsupported(
      `remote write message ${JSON.stringify(proto.slice(0, 80))} is not supported; send remote write 1.0 (prometheus.WriteRequest)`,
    );
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'snappy';
  if (encoding !== 'snappy') {
    throw unsupported(`Content-Encoding ${JSON.stringify(encoding.slice(0, 40))} is not supported; send snappy`);
  }
}

function unsupported(message: string): Refusal {
  return new Refusal(message, { code: 'UNSUPPORTED_MEDIA_TYPE' });
}

/** The valid part is stored. 400 tells the sender not to repeat; past the series limit a repeat may succeed later. */
function partlyRefused(tally: Tally, message: string): Refusal {
  return new Refusal(message, { code: tally.reasons.has('series_limit') ? 'SERIES_LIMIT' : 'BAD_REQUEST' });
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  log.error({ err: error }, 'receive.remote-write failed');
  return new Refusal('the request could not be handled; the server has logged why', {
    code: 'STORE_DOWN',
    cause: error,
  });
}

/** Prometheus logs the first line of the answer, so it is plain text. */
function refuse(refusal: Refusal, reply: FastifyReply) {
  retryAfter(reply, refusal);
  return reply.code(refusal.status).type('text/plain; charset=utf-8').send(`${refusal.message}\n`);
}
