/** Parameters in the URL or in a form, as Go's `FormValue` reads them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

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

/** vmalert posts an empty body as JSON with its parameters in the URL, so the body's type decides nothing here. */
export function takeAnyForm(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (request, body, done) => {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
    done(null, isForm ? body : '');
  });
}

function queryStringOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
