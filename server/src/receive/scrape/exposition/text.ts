/** The Prometheus text format 0.0.4 and 1.0.0, as Prometheus' own parser takes it. */
import type { MetricType } from '#model';
import { numberIn, wholeNumberIn } from './numbers.ts';
import { ExpositionProblem, problemAt } from './problem.ts';
import { closingQuote, labelsEnd, unescapeText } from './series.ts';
import type { ExpositionParser, Sink } from './sink.ts';

const types: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
  ['unknown', 'unknown'],
]);

export function textParser(body: string, sink: Sink): ExpositionParser {
  let at = 0;

  function read(linesMax: number): boolean {
    for (let left = linesMax; left > 0; left--) {
      at = afterBlanks(body, at);
      if (at >= body.length) return true;
      const code = body.charCodeAt(at);
      if (code === 10) at++;
      else if (code === 35) comment();
      else sample();
    }
    return at >= body.length;
  }

  /** Hot: once per sample. */
  function sample(): void {
    const start = at;
    const seriesEnd = endOfSeries(body, start);
    const series = resolve(sink, body, start, seriesEnd);
    const lineEnd = endOfLine(body, seriesEnd);
    const valueStart = afterBlanks(body, seriesEnd);
    const valueEnd = endOfWord(body, valueStart, lineEnd);
    const value = numberIn(body, valueStart, valueEnd);
    if (value === undefined) throw problemAt(body, start, 'expected a number after the series');
    const timeStart = afterBlanks(body, valueEnd);
    let timeMs: number | undefined;
    if (timeStart < lineEnd) {
      const timeEnd = endOfWord(body, timeStart, lineEnd);
      timeMs = wholeNumberIn(body, timeStart, timeEnd);
      if (timeMs === undefined || afterBlanks(body, timeEnd) < lineEnd) {
        throw problemAt(body, start, 'expected a whole number of milliseconds, and no more, after the value');
      }
    }
    sink.sample(series, value, timeMs, undefined);
    at = lineEnd + 1;
  }

  function comment(): void {
    const start = at;
    const lineEnd = endOfLine(body, start);
    at = lineEnd + 1;
    const wordStart = afterBlanks(body, start + 1);
    const word = body.slice(wordStart, endOfWord(body, wordStart, lineEnd));
    if (word !== 'HELP' && word !== 'TYPE') return;
    const nameStart = afterBlanks(body, wordStart + 4);
    const nameEnd =
      body[nameStart] === '"' ? closingQuote(body, nameStart + 1) + 1 : endOfWord(body, nameStart, lineEnd);
    if (nameEnd <= nameStart || nameEnd > lineEnd) throw problemAt(body, start, `expected a metric name after ${word}`);
    const name =
      body[nameStart] === '"' ? unescapeText(body.slice(nameStart + 1, nameEnd - 1)) : body.slice(nameStart, nameEnd);
    const text = body.slice(afterBlanks(body, nameEnd), Math.max(lineEnd, nameEnd));
    if (word === 'HELP') sink.help(name, unescapeHelp(text));
    else sink.type(name, typeNamed(text.trimEnd(), start));
  }

  function typeNamed(text: string, start: number): MetricType {
    const type = types.get(text);
    if (!type) throw problemAt(body, start, `invalid metric type ${JSON.stringify(text)}`);
    return type;
  }

  return { read };
}

/** Asks the sink for the series, and says where when its text is none. */
export function resolve(sink: Sink, body: string, start: number, end: number) {
  if (end < 0) throw problemAt(body, start, 'the labels are not closed');
  try {
    return sink.series(body.slice(start, end));
  } catch (error) {
    if (error instanceof ExpositionProblem) throw problemAt(body, start, error.message);
    throw error;
  }
}

/** The position after the name and its labels; blanks may stand between the two. */
function endOfSeries(body: string, start: number): number {
  let i = start;
  for (; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code === 123) return labelsEnd(body, i + 1);
    if (code === 32 || code === 9 || code === 10) break;
  }
  const next = afterBlanks(body, i);
  return body.charCodeAt(next) === 123 ? labelsEnd(body, next + 1) : i;
}

function unescapeHelp(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([n\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

export function endOfLine(body: string, from: number): number {
  const found = body.indexOf('\n', from);
  return found < 0 ? body.length : found;
}

function afterBlanks(body: string, from: number): number {
  let i = from;
  for (; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code !== 32 && code !== 9) break;
  }
  return i;
}

function endOfWord(body: string, from: number, lineEnd: number): number {
  let i = from;
  for (; i < lineEnd; i++) {
    const code = body.charCodeAt(i);
    if (code === 32 || code === 9) break;
  }
  return i;
}
