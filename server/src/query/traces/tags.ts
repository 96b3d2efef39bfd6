/**
 * Tags as Jaeger means them: a key and a value that may stand on the span, its resource, its scope, an event or a link.
 * Values are compared as text, so `true`, `200` and `72.5` find what was sent as a boolean or a number.
 */
import { type Sql, sql, text } from '#store';
import { any, attributeFilter } from '../stored/index.ts';

export interface SpanTag {
  readonly key: string;
  readonly value: string;
}

const maps = [sql`attributes`, sql`resource`, sql`scope`];

export function tagCondition(tag: SpanTag): Sql {
  const own = attributeFilter(maps, { key: tag.key, kind: 'equals', value: tag.value });
  const word = wellKnown(tag);
  return any([own, inJson(sql`events`, tag), inJson(sql`links`, tag), ...(word ? [word] : [])]);
}

/** Names under which Jaeger's users know columns of ours. */
function wellKnown(tag: SpanTag): Sql | undefined {
  switch (tag.key) {
    case 'error':
      return tag.value === 'true' ? sql`status = 'error'` : tag.value === 'false' ? sql`status != 'error'` : undefined;
    case 'span.kind':
      return sql`toString(kind) = ${text(tag.value)}`;
    case 'otel.status_code':
      return sql`toString(status) = ${text(tag.value.toLowerCase())}`;
    case 'otel.scope.name':
    case 'otel.library.name':
      return sql`scope_name = ${text(tag.value)}`;
    case 'otel.scope.version':
    case 'otel.library.version':
      return sql`scope_version = ${text(tag.value)}`;
    default:
      return undefined;
  }
}

/** Events and links are OTLP JSON. The key is looked for as plain text first, so that most spans are never parsed. */
function inJson(column: Sql, tag: SpanTag): Sql {
  const value = sql`JSONExtractRaw(attribute, 'value')`;
  const asText = sql`arrayExists(kind -> JSONExtractString(${value}, kind) = ${text(tag.value)}
      OR JSONExtractRaw(${value}, kind) = ${text(tag.value)},
    ['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue'])`;
  return sql`(position(${column}, ${text(JSON.stringify(tag.key))}) > 0 AND arrayExists(
    item -> arrayExists(attribute -> JSONExtractString(attribute, 'key') = ${text(tag.key)} AND ${asText},
      JSONExtractArrayRaw(item, 'attributes')),
    JSONExtractArrayRaw(${column})))`;
}
