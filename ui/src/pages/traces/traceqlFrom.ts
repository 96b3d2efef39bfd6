import type { Search } from '../../url/search.ts';

/** The filters of the page as a query one can go on writing. Pure. */
export function traceqlFrom({ service, env, op, status, min, max, tag = [] }: Search): string {
  const conditions = [
    ...(service === undefined ? [] : [`resource.service.name = ${quoted(service)}`]),
    ...(env === undefined ? [] : [`resource.deployment.environment.name = ${quoted(env)}`]),
    ...(op === undefined ? [] : [`name = ${quoted(op)}`]),
    ...(status === undefined ? [] : [status === 'error' ? 'status = error' : 'status != error']),
    ...(min === undefined ? [] : [`duration >= ${min.replaceAll(' ', '')}`]),
    ...(max === undefined ? [] : [`duration <= ${max.replaceAll(' ', '')}`]),
    ...tag.map(tagCondition),
  ];
  return conditions.length === 0 ? '{ }' : `{ ${conditions.join(' && ')} }`;
}

function tagCondition(tag: string): string {
  const at = tag.indexOf('=');
  return `.${attribute(tag.slice(0, at))} = ${quoted(tag.slice(at + 1))}`;
}

const attribute = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
const quoted = (text: string): string => JSON.stringify(text);
