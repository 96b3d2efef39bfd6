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
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  const url = new URLSearchParams(queryStringOf(request.raw.url ?? ''));
  return {
    first: (name) => form.get(name) ?? url.get(name) ?? '',
    all: (name) => [...form.getAll(name), ...url.getAll(name)],
  };
}

/** A URL or a form around the longest query that is allowed, percent-encoded, with room for the other fields. */
export const formBytesMax = ({ textBytesMax }: Limits['query']): number => 4 * textBytesMax + 16_384;

/** vmalert posts an empty body as JSON with its parameters in the URL, so the body's type decides nothing here. */
export function takeAnyForm(scope: FastifyInstance, limits: Limits['query']): void {
  const bytesMax = formBytesMax(limits);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    const body = await textOf(payload, bytesMax);
    return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '') ? body : '';
  });
}

async function textOf(payload: Readable, bytesMax: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    // An iterator would take longer than most questions. What is too much is let go, so that the sender can hear why.
    payload.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= bytesMax) pieces.push(piece);
    });
    payload.once('end', resolve);
    payload.once('error', reject);
  });
  if (bytes > bytesMax) {
    throw new Refusal(
      `the form has ${bytes} bytes and a question takes ${bytesMax} (four times query.textBytesMax, and 16 KiB); ask for less at once, or raise the limit`,
      { code: 'BODY_TOO_LARGE' },
    );
  }
  return Buffer.concat(pieces).toString('utf8');
}

function queryStringOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
