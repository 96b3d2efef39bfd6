/**
 * The URL is the state: every page's search parameters, as one flat record of text. Reading never fails, because a
 * link may come from an older version or a human hand: what is not understood is left out.
 */
export interface Search {
  /** `now`, `now-30m`, or milliseconds since the epoch. */
  readonly from?: string;
  readonly to?: string;
  readonly env?: string;
  readonly service?: string;
  /** `off`, or seconds between refreshes. Absent: the page's own habit. */
  readonly refresh?: string;

  readonly sort?: string;
  readonly op?: string;
  readonly status?: 'error' | 'ok';
  readonly min?: string;
  readonly max?: string;
  readonly tag?: readonly string[];
  readonly order?: 'recent' | 'slowest';

  readonly text?: string;
  readonly level?: readonly string[];
  readonly attr?: readonly string[];
  readonly live?: '1';
  /** A trace, or a span of a trace, as in `trace_id` and `span_id`. */
  readonly trace?: string;
  readonly span?: string;
  readonly tab?: string;
  /** The trace opened beside the list, not instead of it. */
  readonly beside?: string;

  /** Rules that stand so. */
  readonly state?: 'firing' | 'pending' | 'failing';

  /** A question of the query inspector. */
  readonly asked?: string;
  /** With the questions that Farol's own pages ask all the time. */
  readonly own?: '1';

  readonly q?: readonly string[];
  readonly view?: 'graph' | 'table';
  readonly step?: string;
  readonly exemplars?: '1';
}

type Key = keyof Search;

const texts = [
  'from',
  'to',
  'env',
  'service',
  'refresh',
  'sort',
  'op',
  'min',
  'max',
  'text',
  'trace',
  'span',
  'tab',
  'beside',
  'asked',
  'step',
] as const;
const lists = ['tag', 'level', 'attr', 'q'] as const;
const choices = {
  status: ['error', 'ok'],
  order: ['recent', 'slowest'],
  state: ['firing', 'pending', 'failing'],
  live: ['1'],
  own: ['1'],
  view: ['graph', 'table'],
  exemplars: ['1'],
} as const;

/** What follows the reader from page to page. */
const travellers = ['from', 'to', 'env', 'service', 'refresh'] as const;

export function readSearch(raw: Readonly<Record<string, unknown>>): Search {
  const read: Record<string, unknown> = {};
  for (const key of texts) {
    const value = first(raw[key]);
    if (value !== undefined && value !== '') read[key] = value;
  }
  for (const key of lists) {
    const values = all(raw[key]).filter((value) => key === 'q' || value !== '');
    if (values.length > 0) read[key] = values;
  }
  for (const [key, allowed] of Object.entries(choices)) {
    const value = first(raw[key]);
    if (value !== undefined && (allowed as readonly string[]).includes(value)) read[key] = value;
  }
  return read as Search;
}

export function travelling(search: Search): Search {
  return Object.fromEntries(travellers.flatMap((key) => (search[key] === undefined ? [] : [[key, search[key]]])));
}

/** `?a=1&b=x&b=y` → `{ a: '1', b: ['x', 'y'] }` */
export function parseQuery(text: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = found[key];
    if (before === undefined) found[key] = value;
    else if (typeof before === 'string') found[key] = [before, value];
    else before.push(value);
  }
  return found;
}

export function printQuery(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const item of all(value)) params.append(key, item);
  }
  // Colons, commas and slashes are legal in a query and much easier to read there.
  const text = params.toString().replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/');
  return text === '' ? '' : `?${text}`;
}

/** The record without the keys whose value is undefined or an empty list. */
export function tidy(search: Search): Search {
  return Object.fromEntries(
    (Object.keys(search) as Key[])
      .filter(
        (key) =>
          search[key] !== undefined && search[key] !== '' && !(Array.isArray(search[key]) && search[key].length === 0),
      )
      .map((key) => [key, search[key]]),
  );
}

function all(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function first(value: unknown): string | undefined {
  return all(value)[0];
}
