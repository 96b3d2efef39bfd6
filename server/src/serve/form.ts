/** Parameters in the URL or in a form, as Go's `FormValue` reads them. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Limits, Refusal } from '#model';

export interface Params {
  /** The first value, `''` when absent. */
  first(name: string): string;
  all(name: string): string[];
}

/** The form of a POST before the URL. */
export function paramsOf(request: FastifyRequest): Params {
  const texts = [typeof request.body === 'string' ? request.body : '', queryStringOf(request.raw.url ?? '')];
  const parts = texts.filter((text) => text !== '').map((text) => new URLSearchParams(text));
  return {
    first(name) {
      for (const part of parts) {
        const value = part.get(name);
        if (value !== null) return value;
      }
      return '';
    },
    all: (name) => parts.flatMap((part) => part.getAll(name)),
  };
}

/** A URL or a form around the longest query that is allowed, percent-encoded, with room for the other fields. */
export const formBytesMax = ({ textBytesMax }: Limits['query']): number => 4 * textBytesMax + 16_384;

/** vmalert posts an empty body as JSON with its parameters in the URL: what is no form is read, and says nothing. */
export function takeAnyForm(scope: FastifyInstance, limits: Limits['query']): void {
  const bytesMax = formBytesMax(limits);
  scope.removeAllContentTypeParsers();
  // By its name it is found at once; `*` is tried after all else, each time anew.
  scope.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) =>
    readText(payload, bytesMax, done),
  );
  scope.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable, done: TextRead) =>
    readText(payload, bytesMax, (error) => done(error, '')),
  );
}

type TextRead = (error: Error | null, text?: string) => void;

/** By events and a callback: an iterator, or a promise at each turn, would take longer than most questions. */
function readText(payload: Readable, bytesMax: number, done: TextRead): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // What is too much is let go, so that the sender can hear why.
  payload.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= bytesMax) pieces.push(piece);
  });
  payload.once('end', () => {
    if (bytes > bytesMax) done(tooLarge(bytes, bytesMax));
    else done(null, Buffer.concat(pieces).toString('utf8'));
  });
  payload.once('error', done);
}

function tooLarge(bytes: number, bytesMax: number): Refusal {
  return new Refusal(
    `the form has ${bytes} bytes and a question takes ${bytesMax} (four times query.textBytesMax, and 16 KiB); ask for less at once, or raise the limit`,
    { code: 'BODY_TOO_LARGE' },
  );
}

function queryStringOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
