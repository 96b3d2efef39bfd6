/** The part of a sample line that names its series: `name{label="value",…}` or `{"any name",…}`. */
import { compareText, type Labels } from '#model';
import { ExpositionProblem } from './problem.ts';

/** The text format takes blanks between tokens and a comma at the end; OpenMetrics takes neither. */
export interface SeriesSyntax {
  readonly loose: boolean;
}

/** The position after the closing brace of the labels that open before `from`; -1 when they never close. Hot. */
export function labelsEnd(body: string, from: number): number {
  for (let i = from; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code === 125) return i + 1;
    if (code === 34) {
      i = closingQuote(body, i + 1);
      if (i < 0) return -1;
    } else if (code === 10) return -1;
  }
  return -1;
}

/** The label set with `__name__`, sorted. Empty values are absent. Throws ExpositionProblem. */
export function parseSeries(text: string, syntax: SeriesSyntax): Labels {
  const brace = text.indexOf('{');
  const pairs: [string, string][] = [];
  const name = brace < 0 ? text : text.slice(0, brace);
  if (name !== '') pairs.push(['__name__', checkedName(syntax.loose ? name.trimEnd() : name, metricName)]);
  if (brace >= 0) readLabels(text, brace + 1, syntax, pairs);
  return sortedLabels(pairs);
}

/** Labels alone, as an exemplar has them: `{a="b"}`. */
export function parseLabels(text: string, syntax: SeriesSyntax): Labels {
  const pairs: [string, string][] = [];
  readLabels(text, 1, syntax, pairs);
  return sortedLabels(pairs, { named: false });
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function readLabels(text: string, from: number, { loose }: SeriesSyntax, into: [string, string][]): void {
  let i = loose ? afterBlanks(text, from) : from;
  while (text[i] !== '}') {
    const quoted = text[i] === '"';
    const nameEnd = quoted ? closingQuote(text, i + 1) + 1 : nextOf(text, i, loose);
    if (nameEnd <= i) throw new ExpositionProblem('expected a label name');
    const name = quoted ? unquote(text, i, nameEnd) : text.slice(i, nameEnd);
    i = loose ? afterBlanks(text, nameEnd) : nameEnd;
    if (text[i] === '=') i = readValue(text, i + 1, { name, quoted, loose }, into);
    else if (quoted && !into.some(([known]) => known === '__name__')) into.push(['__name__', nonEmpty(name)]);
    else throw new ExpositionProblem(`expected "=" after label name ${JSON.stringify(name)}`);
    i = afterComma(text, i, loose);
  }
}

function readValue(
  text: string,
  from: number,
  label: { name: string; quoted: boolean; loose: boolean },
  into: [string, string][],
): number {
  const start = label.loose ? afterBlanks(text, from) : from;
  if (text[start] !== '"') throw new ExpositionProblem('expected a label value in double quotes');
  const end = closingQuote(text, start + 1) + 1;
  if (end === 0) throw new ExpositionProblem('a label value is not closed');
  const name = label.quoted ? nonEmpty(label.name) : checkedName(label.name, labelName);
  into.push([name, unquote(text, start, end)]);
  return label.loose ? afterBlanks(text, end) : end;
}

function afterComma(text: string, at: number, loose: boolean): number {
  if (text[at] === '}') return at;
  if (text[at] !== ',') throw new ExpositionProblem('expected a comma or a closing brace after a label');
  const next = loose ? afterBlanks(text, at + 1) : at + 1;
  if (!loose && text[next] === '}') throw new ExpositionProblem('a comma before the closing brace');
  return next;
}

function sortedLabels(pairs: [string, string][], { named } = { named: true }): Labels {
  pairs.sort((a, b) => compareText(a[0], b[0]));
  const flat: string[] = [];
  let isNamed = false;
  for (const [i, [name, value]] of pairs.entries()) {
    if (i > 0 && pairs[i - 1]?.[0] === name) {
      throw new ExpositionProblem(`label name ${JSON.stringify(name)} is not unique`);
    }
    isNamed ||= name === '__name__';
    if (value !== '') flat.push(name, value);
  }
  if (named && !isNamed) throw new ExpositionProblem('missing metric name');
  return flat;
}

function checkedName(name: string, shape: RegExp): string {
  if (!shape.test(name)) throw new ExpositionProblem(`${JSON.stringify(name)} is not a valid name outside of quotes`);
  return name;
}

function nonEmpty(name: string): string {
  if (name === '') throw new ExpositionProblem('a name is empty');
  return name;
}

function nextOf(text: string, from: number, loose: boolean): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 61 || code === 34 || code === 44 || code === 125 || (loose && (code === 32 || code === 9))) return i;
  }
  return text.length;
}

function afterBlanks(text: string, from: number): number {
  let i = from;
  while (text[i] === ' ' || text[i] === '\t') i++;
  return i;
}

/** The position of the quote that ends a string, or -1. `from` is after the opening quote. */
export function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92 && at - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function unquote(text: string, start: number, end: number): string {
  return unescapeText(text.slice(start + 1, end - 1));
}

/** `\\`, `\"` and `\n`; any other backslash stands for itself, as Prometheus reads it. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(["n\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
