/** The command line as a question. Everything unknown or malformed is a Mistake that names it. */
import { parseArgs } from 'node:util';
import { parseDurationMs } from '@farol/promql';
import { words } from './words.ts';

export class Mistake extends Error {}

type Language = 'promql' | 'logql' | 'traceql' | 'sql';
export type Output = 'text' | 'json' | 'csv';

export interface Target {
  /** Without a slash at its end. */
  readonly server: string;
  readonly tenant: string;
}

export interface QueryCommand extends Target {
  readonly kind: 'query';
  readonly language: Language;
  readonly question: string;
  /** Absent: now. */
  readonly atMs?: number;
  readonly sinceMs?: number;
  readonly stepMs?: number;
  readonly limit: number;
  readonly output: Output;
}

export interface TailCommand extends Target {
  readonly kind: 'tail';
  readonly question: string;
  readonly sinceMs?: number;
  readonly limit: number;
  readonly output: Output;
}

const flags = {
  server: { type: 'string' },
  tenant: { type: 'string' },
  at: { type: 'string' },
  since: { type: 'string' },
  step: { type: 'string' },
  limit: { type: 'string' },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readCommand(args: string[], env: NodeJS.ProcessEnv): QueryCommand | TailCommand | { kind: 'help' } {
  const { values, positionals } = parsed(args);
  const [name, ...rest] = positionals;
  if (values.help || name === undefined) return { kind: 'help' };
  const shared = {
    server: serverOf(values.server ?? env.FAROL_URL ?? 'http://127.0.0.1:4320'),
    tenant: values.tenant ?? env.FAROL_TENANT ?? 'main',
    limit: limitOf(values.limit ?? '100'),
    output: outputOf(values.output ?? 'text'),
    ...(values.since !== undefined && { sinceMs: spanOf('--since', values.since) }),
  };
  if (name === 'tail') {
    for (const flag of ['at', 'step'] as const) if (values[flag]) throw new Mistake(words.notForTail(`--${flag}`));
    return { ...shared, kind: 'tail', question: questionOf(rest) };
  }
  if (name !== 'query') throw new Mistake(words.badCommand(name));
  const language = isLanguage(rest[0]) ? rest[0] : undefined;
  if (language === 'sql') {
    for (const flag of ['at', 'since', 'step'] as const)
      if (values[flag]) throw new Mistake(words.notForSql(`--${flag}`));
  }
  return {
    ...shared,
    kind: 'query',
    language: language ?? 'promql',
    question: questionOf(language === undefined ? rest : rest.slice(1)),
    ...(values.at !== undefined && values.at !== 'now' && { atMs: timeOf(values.at) }),
    ...(values.step !== undefined && { stepMs: spanOf('--step', values.step) }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: flags, allowPositionals: true });
  } catch (error) {
    throw new Mistake(words.badFlag((error as Error).message));
  }
}

const isLanguage = (word: string | undefined): word is Language =>
  word === 'promql' || word === 'logql' || word === 'traceql' || word === 'sql';

function questionOf(rest: readonly string[]): string {
  if (rest.length === 0) throw new Mistake(words.noQuestion);
  return rest.join(' ');
}

function serverOf(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text)) throw new Mistake(words.badServer(text));
  return text.replace(/\/+$/, '');
}

function spanOf(flag: string, text: string): number {
  const ms = /^\d/.test(text) ? parseDurationMs(text) : undefined;
  if (ms === undefined || ms <= 0) throw new Mistake(words.badSpan(flag, text));
  return ms;
}

/** V8 takes almost anything for a date, so the shape is looked at before. */
function timeOf(text: string): number {
  const isDate = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const ms = isDate ? Date.parse(text) : /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Number.NaN;
  if (Number.isNaN(ms)) throw new Mistake(words.badTime(text));
  return ms;
}

function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 5000) throw new Mistake(words.badLimit(text));
  return limit;
}

function outputOf(text: string): Output {
  if (text === 'text' || text === 'json' || text === 'csv') return text;
  throw new Mistake(words.badOutput(text));
}
