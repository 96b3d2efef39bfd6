/**
 * OpenMetrics 1.0 (and 0.0.1): the lines here, the rules between lines in families.ts.
 * A broken line fails the body. A broken rule does too, unless `onBrokenRule` is given: then it is told the first one,
 * and the rest of the body is read without rules. Scraping does that, because the commonest clients break some
 * (client_golang has two families named go_memstats_alloc_bytes) and Prometheus takes them.
 */
import type { MetricType } from '#model';
import { beginnings } from './beginnings.ts';
import { createFamilies } from './families.ts';
import { finiteNumberIn, numberIn } from './numbers.ts';
import { ExpositionProblem, problemAt } from './problem.ts';
import { closingQuote, labelsEnd, parseLabels, unescapeText } from './series.ts';
import type { ExemplarText, ExpositionParser, Sink } from './sink.ts';
import { endOfLine, resolve } from './text.ts';

const types: ReadonlySet<string> = new Set<MetricType>([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'stateset',
  'info',
  'summary',
  'unknown',
]);

export function openMetricsParser(
  body: string,
  sink: Sink,
  { onBrokenRule }: { onBrokenRule?: (problem: string) => void } = {},
): ExpositionParser {
  const families = createFamilies();
  const { noteType, noteSample } = beginnings(sink);
  let hasRules = true;
  let at = 0;

  /** Runs a check of the rules between lines; after a broken one that was only told, no more. */
  function rule(check: () => void): void {
    if (!hasRules) return;
    try {
      check();
    } catch (error) {
      if (!onBrokenRule || !(error instanceof ExpositionProblem)) throw error;
      hasRules = false;
      onBrokenRule(problemAt(body, Math.min(at, body.length - 1), error.message).message);
    }
  }

  function read(linesMax: number): boolean {
    const start = at;
    try {
      return readLines(linesMax);
    } catch (error) {
      if (!(error instanceof ExpositionProblem) || error.message.startsWith('line ')) throw error;
      throw problemAt(body, Math.max(at, start), error.message);
    }
  }

  function readLines(linesMax: number): boolean {
    for (let left = linesMax; left > 0; left--) {
      if (at >= body.length) throw new ExpositionProblem('data does not end with # EOF');
      const lineEnd = endOfLine(body, at);
      if (body.charCodeAt(at) !== 35) sample(lineEnd);
      else if (body.slice(at, lineEnd) === '# EOF') return finish(lineEnd);
      else metadata(lineEnd);
      at = lineEnd + 1;
    }
    return false;
  }

  function finish(lineEnd: number): boolean {
    if (lineEnd + 1 < body.length) throw new ExpositionProblem('unexpected data after # EOF');
    rule(families.end);
    return true;
  }

  /** Hot: once per sample. */
  function sample(lineEnd: number): void {
    const start = at;
    const seriesEnd = endOfSeries(body, start, lineEnd);
    if (seriesEnd > lineEnd) throw new ExpositionProblem('a label value is not closed');
    const series = resolve(sink, body, start, seriesEnd);
    if (body.charCodeAt(seriesEnd) !== 32)
      throw new ExpositionProblem('expected one space and a value after the series');
    const valueEnd = endOfToken(body, seriesEnd + 1, lineEnd);
    const value = numberIn(body, seriesEnd + 1, valueEnd);
    if (value === undefined) throw new ExpositionProblem('expected a number after the series');
    let next = valueEnd;
    let timeSeconds: number | undefined;
    if (next < lineEnd && body.charCodeAt(next + 1) !== 35) {
      const timeEnd = endOfToken(body, next + 1, lineEnd);
      timeSeconds = secondsIn(next + 1, timeEnd);
      next = timeEnd;
    }
    const exemplar = next < lineEnd ? exemplarIn(next, lineEnd) : undefined;
    if (hasRules) {
      rule(() => {
        series.facts = families.sample(
          series,
          body.slice(start, seriesEnd),
          value,
          timeSeconds,
          exemplar !== undefined,
        );
      });
    }
    noteSample(series, body, start, seriesEnd, value);
    sink.sample(series, value, timeSeconds === undefined ? undefined : Math.round(timeSeconds * 1000), exemplar);
  }

  /** ` # {labels} value [seconds]`, from the space on. */
  function exemplarIn(from: number, lineEnd: number): ExemplarText {
    if (!body.startsWith(' # {', from)) throw new ExpositionProblem('expected " # {" before an exemplar');
    const end = labelsEnd(body, from + 4);
    if (end < 0 || body.charCodeAt(end) !== 32)
      throw new ExpositionProblem("expected a value after the exemplar's labels");
    const valueEnd = endOfToken(body, end + 1, lineEnd);
    const value = numberIn(body, end + 1, valueEnd);
    if (value === undefined) throw new ExpositionProblem("expected a number as the exemplar's value");
    const labels = body.slice(from + 3, end);
    rule(() => checkLength(labels));
    if (valueEnd === lineEnd) return { labels, value };
    return { labels, value, timeMs: Math.round(secondsIn(valueEnd + 1, lineEnd) * 1000) };
  }

  function secondsIn(start: number, end: number): number {
    const seconds = finiteNumberIn(body, start, end);
    if (seconds === undefined) throw new ExpositionProblem('expected a finite number of seconds as the timestamp');
    return seconds;
  }

  function metadata(lineEnd: number): void {
    const kind = body.slice(at, at + 7);
    if (kind !== '# HELP ' && kind !== '# TYPE ' && kind !== '# UNIT ') {
      throw new ExpositionProblem('expected # HELP, # TYPE, # UNIT or # EOF');
    }
    const nameStart = at + 7;
    const quoted = body[nameStart] === '"';
    const nameEnd = quoted ? closingQuote(body, nameStart + 1) + 1 : body.indexOf(' ', nameStart);
    if (nameEnd <= nameStart || nameEnd >= lineEnd || body[nameEnd] !== ' ') {
      throw new ExpositionProblem('expected a metric name and a space');
    }
    const name = quoted ? unescapeText(body.slice(nameStart + 1, nameEnd - 1)) : body.slice(nameStart, nameEnd);
    if (!quoted && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new ExpositionProblem('invalid metric name');
    tell(kind, name, body.slice(nameEnd + 1, lineEnd));
  }

  function tell(kind: '# HELP ' | '# TYPE ' | '# UNIT ', name: string, text: string): void {
    switch (kind) {
      case '# HELP ':
        rule(() => families.help(name));
        sink.help(name, unescapeText(text));
        return;
      case '# UNIT ':
        rule(() => families.unit(name, text));
        sink.unit(name, text);
        return;
      case '# TYPE ': {
        const type = text as MetricType;
        if (!types.has(type)) throw new ExpositionProblem(`invalid metric type ${JSON.stringify(text)}`);
        noteType(name, type);
        rule(() => families.type(name, type));
        sink.type(name, type);
      }
    }
  }

  return { read };
}

const exemplarCharsMax = 128;

function checkLength(labels: string): void {
  if (labels.length <= exemplarCharsMax) return;
  let chars = 0;
  for (const part of parseLabels(labels, { loose: false })) chars += [...part].length;
  if (chars > exemplarCharsMax) {
    throw new ExpositionProblem(`an exemplar's labels have ${chars} characters, ${exemplarCharsMax} are allowed`);
  }
}

function endOfSeries(body: string, start: number, lineEnd: number): number {
  for (let i = start; i < lineEnd; i++) {
    const code = body.charCodeAt(i);
    if (code === 123) return labelsEnd(body, i + 1);
    if (code === 32) return i;
  }
  return lineEnd;
}

function endOfToken(body: string, from: number, lineEnd: number): number {
  const found = body.indexOf(' ', from);
  return found < 0 || found > lineEnd ? lineEnd : found;
}
