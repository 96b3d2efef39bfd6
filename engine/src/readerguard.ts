/**
 * The fence around reader queries, in front of ClickHouse's own `readonly = 1`: one SELECT, on the engine's own database,
 * without settings, files, or functions that reach outside. Works on tokens, refuses what it does not know, and hands on
 * only what it has looked at: comments are taken out.
 */
import { failure } from './failure.ts';
import { insideQuotes, type Token, tokensOf } from './sqltokens.ts';

/** What chDB has that a reader must not reach; names in lower case. */
export interface Fence {
  readonly databases: ReadonlySet<string>;
  readonly tableFunctions: ReadonlySet<string>;
}

/** Table functions that make rows out of nothing but their arguments (`format` is also an ordinary function). */
const harmlessTables = /^(?:numbers|numbers_mt|zeros|zeros_mt|values|generateseries|generate_series|null|view|format)$/;

/** Ordinary functions that read files, dictionaries, other tables or the server's own state, or only wait. */
const forbiddenFunctions =
  /^(?:file|sleep\w*|dict(?:get|has|is)\w*|joinget\w*|hascolumnintable|catboostevaluate|getserversetting|getserverport|getmergetreesetting|getmacro|getoskernelversion|addressto\w*|demangle|filesystem\w*|showcertificate|serveruuid|hostname|fqdn|fullhostname|tcpport|getclienthttpheader|queryid|query_id|currentqueryid|initialqueryid|initial_query_id|ai\w+|llm\w*)$/;

const forbiddenWords = new Set(['SETTINGS', 'INFILE', 'OUTFILE']);
const statementsInParentheses = new Set([
  'SHOW',
  'DESCRIBE',
  'DESC',
  'EXPLAIN',
  'INSERT',
  'KILL',
  'SYSTEM',
  'CREATE',
  'ALTER',
  'DROP',
]);

/** The same query without comments. Throws ACCESS_DENIED with what it may not do, READONLY for anything but a SELECT. */
export function guardReader(text: string, fence: Fence, database?: string): string {
  if (database !== undefined && fence.databases.has(database.toLowerCase())) throw denied(`the database ${database}`);
  const words: Token[] = [];
  let clean = '';
  for (const token of tokensOf(text)) {
    if (token.kind === 'other') throw denied(`the character ${JSON.stringify(text.slice(token.start, token.end))}`);
    clean += token.kind === 'comment' ? ' ' : text.slice(token.start, token.end);
    if (token.kind !== 'comment' && token.kind !== 'space') words.push(token);
  }
  guardWords(text, words, fence);
  return clean;
}

function guardWords(text: string, words: readonly Token[], fence: Fence): void {
  const spelled = words.map((token) => spell(text, token));
  guardVerb(words, spelled);
  for (let i = 0; i < words.length; i++) {
    const kind = words[i]?.kind;
    const word = spelled[i] ?? '';
    const [before, after] = [spelled[i - 1] ?? '', spelled[i + 1] ?? ''];
    if (kind === 'mark' && word === ';' && i < words.length - 1) throw denied('a second statement');
    if (kind === 'string' && isTablePlace(before, words[i - 1])) throw denied('a table named by a string');
    if (kind !== 'word' && kind !== 'quoted') continue;
    if (kind === 'word' && forbiddenWords.has(word)) throw denied(word);
    if (kind === 'word' && word === 'INSERT' && words[i + 1]?.kind === 'word') throw denied(word);
    if (kind === 'word' && before === '(' && statementsInParentheses.has(word) && after !== '(') throw denied(word);
    if (before !== '.' && after === '.' && fence.databases.has(word.toLowerCase()))
      throw denied(`the database ${word.toLowerCase()}`);
    if (kind === 'quoted' && fence.databases.has(word.split('.')[0]?.toLowerCase() ?? '') && word.includes('.'))
      throw denied(`the table ${word}`);
    if (after === '(') guardCall(word.toLowerCase(), { fence, inTablePlace: isTablePlace(before, words[i - 1]) });
  }
}

function guardVerb(words: readonly Token[], spelled: readonly string[]): void {
  const first = spelled.findIndex((word) => word !== '(');
  const verb = words[first]?.kind === 'word' ? spelled[first] : '';
  if (verb !== 'SELECT' && verb !== 'WITH')
    throw failure('READONLY', 'Cannot execute query in readonly mode: a reader may only SELECT');
}

function guardCall(name: string, { fence, inTablePlace }: { fence: Fence; inTablePlace: boolean }): void {
  if (forbiddenFunctions.test(name)) throw denied(`the function ${name}`);
  if (harmlessTables.test(name)) return;
  if (inTablePlace || fence.tableFunctions.has(name)) throw denied(`the table function ${name}`);
}

function isTablePlace(before: string, token: Token | undefined): boolean {
  return token?.kind === 'word' && (before === 'FROM' || before === 'JOIN' || before === 'TABLE');
}

/** Words in capitals, quoted identifiers as they are meant. */
function spell(text: string, token: Token): string {
  const slice = text.slice(token.start, token.end);
  if (token.kind === 'quoted') return insideQuotes(slice);
  return token.kind === 'word' ? slice.toUpperCase() : slice;
}

function denied(what: string): Error {
  return failure('ACCESS_DENIED', `Not enough privileges: a reader's query must not use ${what}`);
}
