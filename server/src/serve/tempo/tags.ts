import { type AttributeScope, parseFieldName, printAttribute } from '@farol/traceql';
import type { TagValue } from '#query/traceql';
import type { Asked } from '../asked.ts';
import type { TempoDeps } from './deps.ts';
import { bad, limitParam, secondsRange } from './params.ts';

const attributeScopes = ['resource', 'span', 'event', 'link', 'instrumentation'] as const;
const limits = { fallback: 1_000, max: 10_000 };

/** What can be asked of every span; nested-set numbers can, too, but nobody types them. */
const intrinsics = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'link:spanID',
  'link:traceID',
  'name',
  'rootName',
  'rootServiceName',
  'span:childCount',
  'span:duration',
  'span:id',
  'span:kind',
  'span:name',
  'span:parentID',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:id',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

/** `/v2/search/tags`: names by scope. */
export async function scopedTags(deps: TempoDeps, asked: Asked): Promise<object> {
  const scope = asked.params.get('scope') ?? '';
  const wanted = ['', 'none', 'all'].includes(scope) ? attributeScopes : attributeScopes.filter((one) => one === scope);
  if (wanted.length === 0 && scope !== 'intrinsic') throw bad(`invalid scope: ${scope.slice(0, 80)}`);
  const scopes = await Promise.all(
    wanted.map(async (name: AttributeScope) => ({
      name,
      tags: await deps.traceql.tagNames(name, question(deps, asked)),
    })),
  );
  const named: { name: string; tags: readonly string[] }[] = scopes.filter(({ tags }) => tags.length > 0);
  if (wanted.length !== 1) named.push({ name: 'intrinsic', tags: intrinsics });
  return { scopes: named, metrics: {} };
}

/** `/search/tags`: the names of spans and resources, in one list. */
export async function plainTags(deps: TempoDeps, asked: Asked): Promise<object> {
  const { scopes } = (await scopedTags(deps, asked)) as { scopes: { name: string; tags: readonly string[] }[] };
  const all = asked.params.get('scope') ?? '';
  const told = scopes.filter(({ name }) => all !== '' || name === 'span' || name === 'resource');
  return { tagNames: [...new Set(told.flatMap(({ tags }) => tags))].sort(), metrics: {} };
}

/** `/v2/search/tag/{field}/values`: with their types. Grafana escapes the name twice. */
export async function typedValues(deps: TempoDeps, asked: Asked, name: string): Promise<object> {
  return { tagValues: await deps.traceql.tagValues(unescaped(name), question(deps, asked)), metrics: {} };
}

/** `/search/tag/{name}/values`: a name without its scope. */
export async function plainValues(deps: TempoDeps, asked: Asked, name: string): Promise<object> {
  const plain = unescaped(name);
  const field = parseFieldName(plain)?.kind === 'intrinsic' ? plain : printAttribute({ parent: false, name: plain });
  const values = await deps.traceql.tagValues(field, question(deps, asked));
  return { tagValues: [...new Set(values.map(({ value }: TagValue) => value))], metrics: {} };
}

function question(deps: TempoDeps, { tenant, params, signal }: Asked) {
  const filter = params.get('q') ?? '';
  const range = secondsRange(params, deps.clock.nowMs());
  return { tenant, signal, ...range, limit: limitParam(params, limits), ...(filter !== '' && { filter }) };
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A name with a percent sign of its own.
    return name;
  }
}
