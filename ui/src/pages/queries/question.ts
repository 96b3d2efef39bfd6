import type { AskedQuery } from '@farol/contract';

/** What was asked, as its asker would say it: the query's text, else the address's parameters, else the path. */
export function questionOf({ question, attributes }: AskedQuery): string {
  if (question !== undefined) return question;
  const address = String(attributes['url.query'] ?? '');
  const params = new URLSearchParams(address);
  const text = params.get('query') ?? params.get('q') ?? '';
  if (text !== '') return text;
  const named = [...params].filter(([name]) => !['start', 'end', 'limit', 'step', 'buckets'].includes(name));
  const path = String(attributes['url.path'] ?? '');
  return named.length === 0 ? path : `${path} ${named.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}
