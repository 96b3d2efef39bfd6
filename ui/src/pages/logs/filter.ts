import type { LogFilter } from '../../data/queries.ts';
import type { Search } from '../../url/search.ts';
import type { Range } from '../../url/timeRange.ts';

export function filterFrom(search: Search, range: Range): LogFilter {
  return {
    startMs: range.startMs,
    endMs: range.endMs,
    environment: search.env,
    services: search.service === undefined ? undefined : [search.service],
    levels: search.level,
    text: search.text,
    attrs: search.attr,
    traceId: search.trace,
    spanId: search.span,
  };
}

/** What a click on a value means: a filter on, or off when it was on; in LogQL one more stage. Pure. */
export function withValue(search: Search, key: string, value: string): Search {
  if (search.q) return withStage(search.q, key, '=', value);
  if (key === 'trace_id') return { trace: value };
  if (key === 'service') return { service: search.service === value ? undefined : value };
  if (key === 'level') return { level: toggled(search.level, value) };
  return { attr: toggled(withoutOpposite(search.attr, `${key}!=${value}`), `${key}=${value}`) };
}

export function withoutValue(search: Search, key: string, value: string): Search {
  if (search.q) return withStage(search.q, key, '!=', value);
  return { attr: toggled(withoutOpposite(search.attr, `${key}=${value}`), `${key}!=${value}`) };
}

export function hasValue(search: Search, key: string, value: string): boolean {
  if (key === 'service') return search.service === value;
  if (key === 'level') return search.level?.includes(value) ?? false;
  return search.attr?.includes(`${key}=${value}`) ?? false;
}

function withStage([query = '']: readonly string[], key: string, op: '=' | '!=', value: string): Search {
  const stage = `| ${key.replaceAll(/\W/g, '_')}${op}${JSON.stringify(value)}`;
  // A comment lasts until the end of its line.
  return { q: [query.includes(stage) ? query : `${query.trimEnd()}${query.includes('#') ? '\n' : ' '}${stage}`] };
}

function toggled(values: readonly string[] | undefined, value: string): readonly string[] {
  const before = values ?? [];
  return before.includes(value) ? before.filter((other) => other !== value) : [...before, value];
}

function withoutOpposite(values: readonly string[] | undefined, opposite: string): readonly string[] {
  return (values ?? []).filter((value) => value !== opposite);
}
