import { goQuote } from '@farol/promql';
import { type Field, formatDuration, printAttribute, printField } from '@farol/traceql';
import type { FoundSet, FoundTrace, SearchAnswer } from '#query/traceql';
import type { Asked } from '../asked.ts';
import { queriedValue } from './anyvalue.ts';
import type { TempoDeps } from './deps.ts';
import { bad, goDurationParam, limitParam, logfmtTags, secondsRange, wholeParam } from './params.ts';

const limitDefault = 20;
const spansPerSetDefault = 3;
const spansPerSetMax = 10_000;

/** `/search`: by TraceQL (`q`), or by tags and durations as it was before TraceQL. */
export async function searchTempo(deps: TempoDeps, { tenant, params, signal }: Asked): Promise<object> {
  const range = secondsRange(params, deps.clock.nowMs());
  const q = params.get('q') ?? '';
  const tags = params.get('tags') ?? '';
  if (q !== '' && tags !== '') throw bad("invalid request: can't specify tags and q in the same query");
  const text = q === '' ? tagQuery(params, tags) : q;
  const limit = limitParam(params, { fallback: limitDefault, max: deps.limits.tracesMax });
  const spss = wholeParam(params, 'spss') ?? spansPerSetDefault;
  const spansPerSet = spss === 0 ? spansPerSetMax : Math.min(spss, spansPerSetMax);
  const answer = await deps.traceql.search({ tenant, text, ...range, limit, spansPerSet, signal });
  return searchJson(answer, q !== '');
}

/** Each tag may stand on another span of the trace; its value is looked for anywhere in the stored one, in any case. */
function tagQuery(params: URLSearchParams, tags: string): string {
  const shortest = goDurationParam(params, 'minDuration');
  const longest = goDurationParam(params, 'maxDuration');
  if (shortest !== undefined && longest !== undefined && shortest > longest) {
    throw bad('invalid maxDuration: must be greater than minDuration');
  }
  const filters = [...logfmtTags(tags)].map(([key, value]) => `{ ${tagCondition(key, value)} }`);
  const durations = [
    ...(shortest === undefined ? [] : [`traceDuration >= ${formatDuration(shortest)}`]),
    ...(longest === undefined ? [] : [`traceDuration <= ${formatDuration(longest)}`]),
  ];
  const spans = filters.length === 0 ? '{ }' : filters.join(' && ');
  return durations.length === 0 ? spans : `${spans} | { ${durations.join(' && ')} }`;
}

function tagCondition(key: string, value: string): string {
  const anywhere = goQuote(`(?i).*${value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*`);
  switch (key) {
    case 'name':
      return `name =~ ${anywhere}`;
    case 'root.name':
      return `rootName =~ ${anywhere}`;
    case 'root.service.name':
      return `rootServiceName =~ ${anywhere}`;
    case 'error':
      return value === 'false' ? 'status != error' : 'status = error';
    case 'status.code':
      return ['ok', 'error', 'unset'].includes(value) ? `status = ${value}` : 'false';
    default:
      return attributeCondition(printAttribute({ parent: false, name: key }), value, anywhere);
  }
}

/** A pattern finds texts only; the attribute may as well be a number or a boolean. */
function attributeCondition(attribute: string, value: string, anywhere: string): string {
  const isTyped = /^(-?\d{1,15}(\.\d{1,15})?|true|false)$/.test(value);
  return isTyped ? `${attribute} =~ ${anywhere} || ${attribute} = ${value}` : `${attribute} =~ ${anywhere}`;
}

function searchJson(answer: SearchAnswer, withSpans: boolean): object {
  return {
    traces: answer.traces.map((trace) => traceJson(trace, withSpans)),
    metrics: { inspectedTraces: answer.inspectedTraces, inspectedSpans: String(answer.inspectedSpans) },
    ...(answer.partial !== undefined && { status: 'PARTIAL', message: answer.partial }),
  };
}

/** `spanSet` is what Grafana read before there were several. */
function traceJson(trace: FoundTrace, withSpans: boolean): object {
  const sets = withSpans ? trace.sets.map(setJson) : [];
  return {
    traceID: trace.traceId,
    rootServiceName: trace.root?.service ?? '<root span not yet received>',
    ...(trace.root && { rootTraceName: trace.root.name }),
    startTimeUnixNano: String(trace.startNs),
    durationMs: Math.floor(trace.durationNs / 1e6),
    ...(sets.length > 0 && { spanSet: sets[0], spanSets: sets }),
    serviceStats: Object.fromEntries(
      trace.services.map(({ name, spans, errors }) => [
        name,
        { spanCount: spans, ...(errors > 0 && { errorCount: errors }) },
      ]),
    ),
  };
}

function setJson({ spans, matched, about }: FoundSet): object {
  return {
    spans: spans.map((span) => ({
      spanID: span.spanId,
      name: span.name,
      startTimeUnixNano: String(span.startNs),
      durationNanos: String(span.durationNs),
      ...(span.fields.length > 0 && {
        attributes: span.fields.map(([field, value]) => ({ key: attributeKey(field), value: queriedValue(value) })),
      }),
    })),
    matched,
    ...(about.length > 0 && { attributes: about.map(([key, value]) => ({ key, value: queriedValue(value) })) }),
  };
}

/** An attribute's name without its scope, as Tempo tells it; intrinsics as they were written. */
const attributeKey = (field: Field): string => (field.kind === 'attribute' ? field.name : printField(field));
