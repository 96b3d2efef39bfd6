/** What a sender's headers say it sends, and what it is told in the answer's. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Refusal } from '#model';
import { mediaTypeOf } from '../http.ts';
import type { Written } from './items.ts';

/** Remote write 1.0 or 2.0. */
export type Version = 1 | 2;

const versions: ReadonlyMap<string, Version> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
]);

/** The version that the Content-Type names. Refuses every other type, as the specification demands. */
export function versionOf(headers: IncomingHttpHeaders): Version {
  const media = mediaTypeOf(headers['content-type']);
  if (media?.type !== 'application/x-protobuf') {
    throw unsupported(`Content-Type ${quoted(headers['content-type'])} is not supported; send application/x-protobuf`);
  }
  const proto = media.params.get('proto') ?? 'prometheus.WriteRequest';
  const version = versions.get(proto);
  if (version === undefined) {
    const known = [...versions.keys()].join(' or ');
    throw unsupported(`remote write message ${quoted(proto)} is not supported; send ${known}`);
  }
  return version;
}

/** Absent means snappy, as the first senders had it. */
export function checkEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'snappy';
  if (encoding !== 'snappy') throw unsupported(`Content-Encoding ${quoted(encoding)} is not supported; send snappy`);
}

/** How much of a 2.0 request is durable, on success and on failure: without these a sender takes us for a 1.0 receiver. */
export function tellWritten(reply: FastifyReply, { samples, histograms, exemplars }: Written): void {
  reply.header('x-prometheus-remote-write-samples-written', String(samples));
  reply.header('x-prometheus-remote-write-histograms-written', String(histograms));
  reply.header('x-prometheus-remote-write-exemplars-written', String(exemplars));
}

function quoted(text = ''): string {
  return JSON.stringify(text.slice(0, 80));
}

function unsupported(message: string): Refusal {
  return new Refusal(message, { code: 'UNSUPPORTED_MEDIA_TYPE' });
}
