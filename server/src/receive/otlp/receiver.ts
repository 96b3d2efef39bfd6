/**
 * A decoded OTLP body, whatever it came by: bytes → wire records → rows → durable, and booked. One receiver serves gRPC
 * and every HTTP port, so that they share what is remembered of series and of delta sums.
 */
import { type Protocol, requestIdOf, type Signal } from '#kit';
import {
  createMetricTranslator,
  describeRejections,
  logRowsOf,
  type MetricTranslator,
  promotedBy,
  spanRowsOf,
  type Tallies,
  windowAt,
} from '#normalise';
import type { WriteBatch } from '#store';
import { bookRefused, bookStored, bookUndecoded } from '../books.ts';
import type { ReceiveDeps } from '../deps.ts';
import type { Taken } from './answers.ts';
import { decodeLogsJson, decodeMetricsJson, decodeTracesJson } from './jsonrequests.ts';
import { decodeLogs } from './logs.ts';
import { decodeMetrics } from './metrics.ts';
import { decodeTraces } from './traces.ts';

export type Format = 'protobuf' | 'json';

interface OtlpRequest {
  readonly protocol: Protocol & ('otlp-http' | 'otlp-grpc' | 'self');
  readonly signal: Signal;
  readonly format: Format;
  readonly tenant: string;
  readonly body: Buffer;
  /** Who to book a request on that could not be decoded: the user agent. */
  readonly agent: string;
}

export interface OtlpReceiver {
  readonly deps: ReceiveDeps;
  /** Resolves when everything that was accepted is durable. Refuses when nothing was taken. */
  receive(request: OtlpRequest): Promise<Taken>;
}

interface Rows {
  readonly batch: WriteBatch;
  readonly rowCount: number;
  readonly tallies: Tallies;
}

// What is remembered of series: about 100 bytes to a kilobyte each.
const seriesRememberedMax = 200_000;
const deltaSeriesMax = 100_000;

export function createOtlpReceiver(deps: ReceiveDeps): OtlpReceiver {
  const isPromoted = promotedBy(deps.promotedResourceAttributes);
  const translator = createMetricTranslator({
    intern: deps.intern,
    limits: deps.limits.receive,
    isPromoted,
    entriesMax: seriesRememberedMax,
    deltaSeriesMax,
  });
  return { deps, receive: (request) => receive(request, { deps, isPromoted, translator }) };
}

interface Parts {
  readonly deps: ReceiveDeps;
  readonly isPromoted: (attribute: string) => boolean;
  readonly translator: MetricTranslator;
}

const nouns = { traces: 'spans', logs: 'log records', metrics: 'data points and exemplars' } as const;

async function receive(request: OtlpRequest, parts: Parts): Promise<Taken> {
  const book = { ledger: parts.deps.ledger, protocol: request.protocol, signal: request.signal };
  const rows = readRows(request, parts, (error) => bookUndecoded(book, request.agent, error));
  if (rows.rowCount === 0) {
    bookStored(book, rows.tallies, 0);
  } else {
    const { duplicateRows } = await parts.deps.write(rows.batch).catch((error) => {
      bookRefused(book, rows.tallies, error);
      throw error;
    });
    bookStored(book, rows.tallies, duplicateRows);
  }
  return takenOf(rows.tallies, request.signal);
}

function readRows(request: OtlpRequest, parts: Parts, onFault: (error: unknown) => void): Rows {
  try {
    return rowsOf(request, parts);
  } catch (error) {
    onFault(error);
    throw error;
  }
}

function rowsOf({ signal, format, tenant, body }: OtlpRequest, { deps, isPromoted, translator }: Parts): Rows {
  const limits = deps.limits.receive;
  const window = windowAt(deps.clock.nowMs(), deps.retentionMs[signal], limits.futureMsMax);
  const isJson = format === 'json';
  switch (signal) {
    case 'traces': {
      const wired = (isJson ? decodeTracesJson : decodeTraces)(body, limits.nestingMax);
      const { rows, tallies } = spanRowsOf(wired, { tenant, window, limits });
      return { batch: { tenant, spans: rows, requestId: requestIdOf(body) }, rowCount: rows.length, tallies };
    }
    case 'logs': {
      const wired = (isJson ? decodeLogsJson : decodeLogs)(body, limits.nestingMax);
      const { rows, tallies } = logRowsOf(wired, { tenant, window, limits, isPromoted });
      return { batch: { tenant, logs: rows, requestId: requestIdOf(body) }, rowCount: rows.length, tallies };
    }
    case 'metrics': {
      const wired = (isJson ? decodeMetricsJson : decodeMetrics)(body, limits.nestingMax);
      const { samples, histograms, exemplars, metadata, tallies } = translator.translate(tenant, wired, window);
      const rowCount = (samples?.count ?? 0) + histograms.length + exemplars.length + metadata.length;
      return {
        batch: { tenant, ...(samples && { samples }), histograms, exemplars, metadata },
        rowCount,
        tallies,
      };
    }
  }
}

/** A dropped exemplar costs no data point: it is told as a warning, with nothing rejected. */
function takenOf(tallies: Tallies, signal: Signal): Taken {
  let rejected = 0;
  for (const tally of tallies.values()) {
    for (const [reason, { count }] of tally.reasons) if (!reason.includes('exemplar')) rejected += count;
  }
  return { rejected, message: describeRejections(tallies.values(), nouns[signal]) };
}
