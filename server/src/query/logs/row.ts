import type { Level, Log } from '@farol/contract';
import { type Sql, sql } from '#store';
import { attributesFrom } from '../stored/index.ts';

/** One log line as the store answers it; 64-bit numbers come as text. */
export interface LogLine {
  readonly time_ns: string;
  readonly hash: string;
  readonly service: string;
  readonly level: string;
  readonly body: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly attribute_keys: readonly string[];
  readonly attribute_values: readonly string[];
  readonly attribute_type_keys: readonly string[];
  readonly attribute_type_values: readonly string[];
  readonly resource_keys: readonly string[];
  readonly resource_values: readonly string[];
  readonly resource_type_keys: readonly string[];
  readonly resource_type_values: readonly string[];
  readonly stream_keys: readonly string[];
  readonly stream_values: readonly string[];
}

/** Tells lines of the same nanosecond apart; not `request`, so that it survives a re-import. */
export const lineHash: Sql = sql`cityHash64(service, body, trace_id, span_id, severity_text, toString(attributes), toString(stream))`;

export const lineColumns: Sql = sql`toUnixTimestamp64Nano(time) AS time_ns, ${lineHash} AS hash,
  service, level, body, trace_id, span_id,
  mapKeys(attributes) AS attribute_keys, mapValues(attributes) AS attribute_values,
  mapKeys(attributes_types) AS attribute_type_keys, mapValues(attributes_types) AS attribute_type_values,
  mapKeys(resource) AS resource_keys, mapValues(resource) AS resource_values,
  mapKeys(resource_types) AS resource_type_keys, mapValues(resource_types) AS resource_type_values,
  mapKeys(stream) AS stream_keys, mapValues(stream) AS stream_values`;

/** `twin` counts lines equal in time and hash, so that ids stay unique. */
export function logFrom(line: LogLine, twin: number): Log {
  return {
    id: `${line.time_ns}-${BigInt(line.hash).toString(16)}-${twin}`,
    timeNs: line.time_ns,
    service: line.service,
    level: line.level as Level,
    body: line.body,
    traceId: line.trace_id,
    spanId: line.span_id,
    attributes: attributesFrom({
      keys: line.attribute_keys,
      values: line.attribute_values,
      typeKeys: line.attribute_type_keys,
      types: line.attribute_type_values,
    }),
    resource: originOf(line),
  };
}

/** The resource; for lines that Loki pushed, which have none, the labels of their stream. */
function originOf(line: LogLine): Log['resource'] {
  if (line.resource_keys.length === 0) {
    return attributesFrom({ keys: line.stream_keys, values: line.stream_values, typeKeys: [], types: [] });
  }
  return attributesFrom({
    keys: line.resource_keys,
    values: line.resource_values,
    typeKeys: line.resource_type_keys,
    types: line.resource_type_values,
  });
}
