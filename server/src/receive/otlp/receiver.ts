/**
 * A decoded OTLP body, whatever it came by: bytes → wire records → rows → durable, and booked. One receiver serves gRPC
 * and every HTTP port, so that they share what is remembered of series and of delta sums.
 */
import type { Protocol, Signal } from '#kit';
import {
  createMetricTranslator,
  describeRejections,
  logRowsOf,
  type MetricTranslator,
  promotedBy,
  spanRowsOf,
  type Tally,
  windowAt,
} from '#normalise';
import type { Lease } from '../budget.ts';
import { cutJson, cutProtobuf } from '../cut/index.ts';
import type { ReceiveDeps } from '../deps.ts';
import { type Portion, takeBody } from '../take.ts';
import type { Taken } from './answers.ts';
import { decodeLogsJson, decodeMetricsJson, decodeTracesJson } from './jsonrequests.ts';
import { decodeLogs } from './logs.ts';
import { decodeMetrics } from './metrics.ts';
import { jsonShapes, protobufShapes } from './shapes.ts';
import { decodeTraces } from './traces.ts';

export type Format = 'protobuf' | 'json';

interface OtlpRequest {
  readonly protocol: Protocol & ('otlp-http' | 'otlp-grpc' | 'self');
  readonly signal: Signal;
  readonly format: Format;
  readonly tenant: string;
  readonly body: Buffer;
  /** Closed when the body has been read. */
  readonly lease: Lease;
  /** Who to book a request on that could not be decoded: the user agent. */
  readonly agent: string;
}

export interface OtlpReceiver {
  readonly deps: ReceiveDeps;
  /** Resolves when everything that was accepted is durable. Refuses when nothing was taken. */
  receive(request: OtlpRequest): Promise<Taken>;
}

// What is remembered of series: about 100 bytes to a kilobyte each.
const seriesRememberedMax = 200_000;
const deltaSeriesMax = 100_000;

export function createOtlpReceiver(deps: ReceiveDeps): OtlpReceiver {
  const isPromoted = promotedBy(deps.promotedResourceAttributes);
  const translator = createMetricTranslator({
    intern: deps.intern,
    ...(deps.forgets && { forgets: deps.forgets }),
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
  const { deps } = parts;
  const { protocol, signal, format, body, lease, agent } = request;
  const isJson = format === 'json';
  const decodeMetric = isJson ? decodeMetricsJson : decodeMetrics;
  const tallies = await takeBody(
    {
      bytes: body,
      lease,
      book: { ledger: deps.ledger, protocol, signal },
      sender: agent,
      noun: nouns[signal],
      read: (bytes, requestId) => portionOf(bytes, requestId, request, parts),
      // The translator remembers how far delta series have come.
      ...(signal === 'metrics' && { check: (bytes) => decodeMetric(bytes, deps.limits.receive.nestingMax) }),
      cut: (bytes, options) =>
        isJson ? cutJson(bytes, jsonShapes[signal], options) : cutProtobuf(bytes, protobufShapes[signal], options),
    },
    deps,
  );
  return takenOf(tallies, signal);
}

function portionOf(
  body: Buffer,
  requestId: string,
  { signal, format, tenant }: OtlpRequest,
  { deps, isPromoted, translator }: Parts,
): Portion {
  const limits = deps.limits.receive;
  const window = windowAt(deps.clock.nowMs(), deps.retentionMs[signal], limits.futureMsMax);
  const isJson = format === 'json';
  switch (signal) {
    case 'traces': {
      const wired = (isJson ? decodeTracesJson : decodeTraces)(body, limits.nestingMax);
      const { rows, tallies } = spanRowsOf(wired, { tenant, window, limits });
      return { batch: { tenant, spans: rows, requestId }, rowCount: rows.length, tallies };
    }
    case 'logs': {
      const wired = (isJson ? decodeLogsJson : decodeLogs)(body, limits.nestingMax);
      const { rows, tallies } = logRowsOf(wired, { tenant, window, limits, isPromoted });
      return { batch: { tenant, logs: rows, requestId }, rowCount: rows.length, tallies };
    }
    case 'metrics': {
      const wired = (isJson ? decodeMetricsJson : decodeMetrics)(body, limits.nestingMax);
      const { samples, histograms, exemplars, metadata, tallies, forgetBegun } = translator.translate(
        tenant,
        wired,
        window,
      );
      const rowCount = (samples?.count ?? 0) + histograms.length + exemplars.length + metadata.length;
      return {
        batch: { tenant, ...(samples && { samples }), histograms, exemplars, metadata },
        rowCount,
        tallies,
        notWritten: forgetBegun,
      };
    }
  }
}

/** A dropped exemplar costs no data point: it is told as a warning, with nothing rejected. */
function takenOf(tallies: readonly Tally[], signal: Signal): Taken {
  let rejected = 0;
  for (const tally of tallies) {
    for (const [reason, { count }] of tally.reasons) if (!reason.includes('exemplar')) rejected += count;
  }
  return { rejected, message: describeRejections(tallies, nouns[signal]) };
}
