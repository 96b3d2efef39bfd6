import { formatDuration } from '@farol/traceql';
import type { Search } from '../../url/search.ts';
import { parseDurationMs } from './duration.ts';

/** The filters of the page as a query one can go on writing. Pure. */
export function traceqlFrom({ service, env, op, status, min, max, tag = [] }: Search): string {
  const conditions = [
    ...(service === undefined ? [] : [`resource.service.name = ${quoted(service)}`]),
    ...(env === undefined ? [] : [`resource.deployment.environment.name = ${quoted(env)}`]),
    ...(op === undefined ? [] : [`name = ${quoted(op)}`]),
    ...(status === undefined ? [] : [status === 'error' ? 'status = error' : 'status != error']),
    ...durationCondition('>=', min),
    ...durationCondition('<=', max),
    ...tag.map(tagCondition),
  ];
  return conditions.length === 0 ? '{ }' : `{ ${conditions.join(' && ')} }`;
}

/** The filters read durations that TraceQL does not: `1,5 s`, `250`. */
function durationCondition(op: '>=' | '<=', text: string | undefined): string[] {
  const ms = parseDurationMs(text ?? '');
  return ms === undefined ? [] : [`duration ${op} ${formatDuration(Math.round(ms * 1e6))}`];
}

/** The filters compare texts; in TraceQL `500` and `"500"` are different values. */
function tagCondition(tag: string): string {
  const at = tag.indexOf('=');
  const attribute = `.${nameOf(tag.slice(0, at))}`;
  const value = tag.slice(at + 1);
  const isTyped = /^(-?\d{1,15}(\.\d{1,15})?|true|false)$/.test(value);
  return isTyped ? `(${attribute} = ${quoted(value)} || ${attribute} = ${value})` : `${attribute} = ${quoted(value)}`;
}

const nameOf = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
const quoted = (text: string): string => JSON.stringify(text);
