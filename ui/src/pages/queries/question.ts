import type { AskedQuery } from '@farol/contract';

/** What was asked, as its asker would say it: the query's text, else the address's parameters, else the path. */
export function questionOf({ name, question, attributes }: AskedQuery): string {
  // A page of Farol's own asks in PromQL on its behalf; nobody wrote that.
  if (question !== undefined && !name.includes(' /api/')) return question;
  const address = String(attributes['url.query'] ?? '');
  const params = new URLSearchParams(address);
  const text = params.get('query') ?? params.get('q') ?? '';
  if (text !== '') return text;
  const named = [...params].filter(([name]) => !['start', 'end', 'limit', 'step', 'buckets'].includes(name));
  const path = String(attributes['url.path'] ?? '');
  return named.length === 0 ? path : `${path} ${named.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

/** The state of Farol itself, which every open page asks for every few seconds: nobody's question. */
export function isOwnPoll({ name }: AskedQuery): boolean {
  return name === 'GET /api/status' || name === 'GET /api/ingest';
}
