import { type Route, type RouteParam, routes } from './routes.ts';
import { type Schema, schemas } from './schemas.ts';

/** OpenAPI 3.1 of `/api/*`, made from the table that serves it. */
export function openApi(version: string): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Farol',
      version,
      description:
        "Farol's own API. Times ending in `Ms` are milliseconds since the epoch, rates are per second, shares are 0 to 1. " +
        'The tenant is `X-Scope-OrgID`, `main` without it. PromQL, Loki, Jaeger and Tempo have APIs of their own.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: operationOf(route) }])),
    components: { schemas },
  };
}

function operationOf({ path, summary, params, answer }: Route): Schema {
  return {
    operationId: answer.replace(/Answer$/, '').replace(/^./, (letter) => letter.toLowerCase()),
    summary,
    parameters: params.map(parameterOf),
    responses: {
      '200': jsonOf(summary, answer),
      '400': jsonOf('A parameter that cannot be; the message says which and what would do.', 'ApiError'),
      ...(path.includes('{') && { '404': jsonOf('Unknown.', 'ApiError') }),
      '503': jsonOf('The store is busy or down; try again.', 'ApiError'),
    },
  };
}

function parameterOf({ name, in: place, type, about, repeats, words }: RouteParam): Schema {
  const one = words ? { type, enum: words } : { type };
  return {
    name,
    in: place ?? 'query',
    required: place === 'path',
    description: about,
    schema: repeats ? { type: 'array', items: one } : one,
    ...(repeats && { style: 'form', explode: true }),
  };
}

const jsonOf = (description: string, name: string): Schema => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});
