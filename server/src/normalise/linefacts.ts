/**
 * What a log line says about itself: its level and its trace, read from JSON (pino, NestJS, zap, slog) or logfmt without
 * building objects. Hot: once per line that carries no severity of its own. Only the top level of a JSON line counts.
 */
export interface LineFacts {
  readonly level: string;
  readonly traceId: string;
  readonly spanId: string;
}

const noFacts: LineFacts = { level: '', traceId: '', spanId: '' };

const levelNames: ReadonlySet<string> = new Set(
  'level LEVEL Level log.level severity SEVERITY Severity SeverityText severity_text lvl LVL Lvl loglevel'.split(' '),
);
const traceNames: ReadonlySet<string> = new Set('trace_id traceId traceID TraceId trace.id dd.trace_id'.split(' '));
const spanNames: ReadonlySet<string> = new Set('span_id spanId spanID SpanId span.id dd.span_id'.split(' '));

/** How far into a line we look; a level stands near the beginning. */
const charsMax = 8192;

export function lineFacts(line: string): LineFacts {
  if (line.charCodeAt(0) === 123) return jsonFacts(line);
  return line.includes('=') ? logfmtFacts(line) : noFacts;
}

export function isLevelName(name: string): boolean {
  return levelNames.has(name);
}

export function isTraceName(name: string): boolean {
  return traceNames.has(name);
}

export function isSpanName(name: string): boolean {
  return spanNames.has(name);
}

function jsonFacts(line: string): LineFacts {
  const end = Math.min(line.length, charsMax);
  const found = { level: '', traceId: '', spanId: '' };
  let depth = 0;
  let key = '';
  for (let at = 0; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) depth--;
    else if (code === 34) {
      const close = closingQuote(line, at + 1, end);
      if (close < 0) break;
      if (depth === 1) {
        const next = afterSpaces(line, close + 1, end);
        if (line.charCodeAt(next) === 58) {
          key = line.slice(at + 1, close);
          at = next;
          continue;
        }
        note(found, key, line, at + 1, close);
        key = '';
      }
      at = close;
    } else if (depth === 1 && key !== '' && code > 32 && code !== 58) {
      const close = endOfBareWord(line, at, end);
      note(found, key, line, at, close);
      key = '';
      at = close - 1;
    }
  }
  return found;
}

function note(
  found: { level: string; traceId: string; spanId: string },
  key: string,
  line: string,
  from: number,
  to: number,
) {
  if (key === '' || to - from > 64) return;
  if (found.level === '' && levelNames.has(key)) found.level = line.slice(from, to);
  else if (found.traceId === '' && traceNames.has(key)) found.traceId = line.slice(from, to);
  else if (found.spanId === '' && spanNames.has(key)) found.spanId = line.slice(from, to);
}

function closingQuote(line: string, from: number, end: number): number {
  for (let at = line.indexOf('"', from); at >= 0 && at < end; at = line.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (line.charCodeAt(at - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

function afterSpaces(line: string, from: number, end: number): number {
  let at = from;
  while (at < end && line.charCodeAt(at) <= 32) at++;
  return at;
}

/** Numbers, true, false, null: up to a comma, a bracket or a space. */
function endOfBareWord(line: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code === 44 || code === 125 || code === 93 || code <= 32) return Math.max(at, from + 1);
  }
  return end;
}

function logfmtFacts(line: string): LineFacts {
  const end = Math.min(line.length, charsMax);
  const found = { level: '', traceId: '', spanId: '' };
  for (let eq = line.indexOf('='); eq > 0 && eq < end; eq = line.indexOf('=', eq + 1)) {
    const start = line.lastIndexOf(' ', eq) + 1;
    // Keys are short words; anything longer is prose or a URL.
    if (eq - start > 24 || eq === start) continue;
    const quoted = line.charCodeAt(eq + 1) === 34;
    const from = quoted ? eq + 2 : eq + 1;
    let to = line.indexOf(quoted ? '"' : ' ', from);
    if (to < 0) to = line.length;
    note(found, line.slice(start, eq), line, from, to);
  }
  return found;
}
