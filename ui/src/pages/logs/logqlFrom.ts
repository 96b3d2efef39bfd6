import type { Search } from '../../url/search.ts';
import { termsOf } from './terms.ts';

/** The filters of the page as a query one can go on writing; LogQL wants at least one label. Pure. */
export function logqlFrom({ service, env, level = [], text, trace, attr = [] }: Search): string {
  const selector = [
    service === undefined ? 'service_name=~".+"' : `service_name=${JSON.stringify(service)}`,
    ...(env === undefined ? [] : [`deployment_environment_name=${JSON.stringify(env)}`]),
  ];
  const stages = [
    ...termsOf(text ?? '').map((term) => `|~ ${JSON.stringify(`(?i)${escaped(term)}`)}`),
    ...(level.length === 0 ? [] : [`| detected_level=~${JSON.stringify(level.join('|'))}`]),
    ...(trace === undefined ? [] : [`| trace_id=${JSON.stringify(trace)}`]),
    ...attr.flatMap(attributeStage),
  ];
  return [`{${selector.join(', ')}}`, ...stages].join(' ');
}

function attributeStage(attr: string): string[] {
  const [, name = '', sign = '', value = ''] = /^([^=!]+)(!?=)(.*)$/s.exec(attr) ?? [];
  return name === '' ? [] : [`| ${name.replaceAll(/\W/g, '_')}${sign}${JSON.stringify(value)}`];
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
