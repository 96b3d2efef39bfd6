/** OTLP log records → log rows. The body stays as it came; level, trace and time are completed from what the record says. */
import type { Attributes, Level, Limits, LogRow } from '#model';
import { attributesRefused, originRefused, textsRefused } from './attributelimits.ts';
import { isSpanId, isTraceId } from './ids.ts';
import { levelOfNumber, levelOfText, levelSpoken } from './level.ts';
import { isLevelName, isSpanName, isTraceName, type LineFacts, lineFacts } from './linefacts.ts';
import { type IsPromoted, serviceOf, streamOf } from './resource.ts';
import { type Tallies, type Tally, tallyOf } from './tally.ts';
import { nsToMs, outsideWindow, type Window, windowFault } from './window.ts';
import type { Wired, WireLog } from './wire.ts';

export interface LogContext {
  readonly tenant: string;
  readonly window: Window;
  readonly limits: Limits['receive'];
  readonly isPromoted: IsPromoted;
}

/** Tallies are by service. */
export function logRowsOf(wired: readonly Wired<WireLog>[], context: LogContext): { rows: LogRow[]; tallies: Tallies } {
  const rows: LogRow[] = [];
  const tallies: Tallies = new Map();
  for (const { resource, scopes } of wired) {
    const service = serviceOf(resource);
    const stream = streamOf(resource, context.isPromoted);
    const tally = tallyOf(tallies, service);
    for (const { scope, items } of scopes) {
      tally.receive(items.length);
      if (
        originRefused(resource, items.length, context.limits, tally) ||
        originRefused(scope, items.length, context.limits, tally)
      ) {
        continue;
      }
      for (const record of items) {
        const times = timesOf(record, context.window);
        if (!isRefused(record, times.timeNs, context, tally)) {
          rows.push(rowOf(record, times, { tenant: context.tenant, service, stream, resource, scope }));
        }
      }
    }
  }
  return { rows, tallies };
}

interface Times {
  readonly timeNs: bigint;
  readonly observedNs: bigint;
}

/** An unset time is the observed time; when that is unset too, it is now. */
function timesOf(record: WireLog, window: Window): Times {
  if (record.timeNs !== 0n) return record;
  const timeNs = record.observedNs !== 0n ? record.observedNs : BigInt(Math.trunc(window.nowMs)) * 1_000_000n;
  return { timeNs, observedNs: record.observedNs };
}

function rowOf(
  record: WireLog,
  { timeNs, observedNs }: Times,
  from: Pick<LogRow, 'tenant' | 'service' | 'stream' | 'resource' | 'scope'>,
): LogRow {
  const said = whatIsSaid(record);
  return {
    tenant: from.tenant,
    service: from.service,
    timeNs,
    observedNs,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    level: said.level,
    body: record.body,
    bodyType: record.bodyType,
    traceId: said.traceId,
    spanId: said.spanId,
    flags: record.flags,
    eventName: record.eventName,
    stream: from.stream,
    resource: from.resource,
    scope: from.scope,
    attributes: record.attributes,
    droppedAttributes: record.droppedAttributes,
  };
}

interface Said {
  readonly level: Level;
  readonly traceId: string;
  readonly spanId: string;
}

/** The record's own fields win, then its attributes, then the line itself. An invalid id counts as none (OTLP says so). */
function whatIsSaid(record: WireLog): Said {
  const level = levelOfNumber(record.severityNumber);
  const traceId = isTraceId(record.traceId) ? record.traceId : '';
  const spanId = isSpanId(record.spanId) ? record.spanId : '';
  if (level !== 'unknown' && traceId !== '') return { level, traceId, spanId };
  const named = level !== 'unknown' ? level : levelOfText(record.severityText);
  return completed({ level: named, traceId, spanId }, record.attributes, record.body);
}

/** Fills in level, trace and span from the attributes and, failing that, from the line. */
export function completed(known: Said, attributes: Attributes, line: string): Said {
  const noted = attributeFacts(attributes);
  let level = known.level !== 'unknown' ? known.level : levelOfText(noted.level);
  let { traceId, spanId } = known.traceId !== '' ? known : validIds(noted);
  if (level === 'unknown' || traceId === '') {
    const facts = lineFacts(line);
    if (level === 'unknown') level = levelOfText(facts.level);
    if (traceId === '') ({ traceId, spanId } = validIds(facts));
    if (level === 'unknown' && facts.level === '') level = levelSpoken(line);
  }
  return { level, traceId, spanId };
}

function attributeFacts({ keys, values }: Attributes): LineFacts {
  let level = '';
  let traceId = '';
  let spanId = '';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
    if (level === '' && (isLevelName(key) || key === 'detected_level')) level = values[i] ?? '';
    else if (traceId === '' && isTraceName(key)) traceId = values[i] ?? '';
    else if (spanId === '' && isSpanName(key)) spanId = values[i] ?? '';
  }
  return { level, traceId, spanId };
}

function validIds(facts: LineFacts): { traceId: string; spanId: string } {
  const traceId = facts.traceId.toLowerCase();
  const spanId = facts.spanId.toLowerCase();
  if (!isTraceId(traceId)) return { traceId: '', spanId: '' };
  return { traceId, spanId: isSpanId(spanId) ? spanId : '' };
}

function isRefused(record: WireLog, timeNs: bigint, { window, limits }: LogContext, tally: Tally): boolean {
  if (outsideWindow(nsToMs(timeNs), window)) {
    const fault = windowFault(nsToMs(timeNs), window, 'a log record');
    tally.reject(fault.reason, 1, fault.example);
    return true;
  }
  const what = () => 'a log record';
  return (
    lineRefused(record.body, limits, tally) ||
    attributesRefused(record.attributes, limits, tally, what) ||
    textsRefused([record.severityText, record.eventName], limits, tally, what)
  );
}

/** Refuses a line past `limits.receive.logLineBytesMax`. */
export function lineRefused(line: string, limits: Limits['receive'], tally: Tally): boolean {
  if (line.length <= limits.logLineBytesMax / 3) return false;
  const bytes = Buffer.byteLength(line);
  if (bytes <= limits.logLineBytesMax) return false;
  tally.reject(
    'line_too_long',
    1,
    () =>
      `a log line is ${bytes} bytes, limits.receive.logLineBytesMax is ${limits.logLineBytesMax}; split or shorten it`,
  );
  return true;
}
