/**
 * The numbers of a conformance run, left in `test/.out/conformance` for `tools/reference.ts`, which makes the page of them.
 * Only a whole run leaves numbers: not one with skipped tests, and of the random queries only ten thousand at least.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach } from 'vitest';

export type Suite =
  | 'promqltest'
  | 'promql-compliance'
  | 'promql-fuzz'
  | 'logqltest'
  | 'logql-fuzz'
  | 'traceql'
  | 'jaeger'
  | 'openapi'
  | 'openmetrics'
  | 'exposition'
  | 'scrape-config'
  | 'rule-files'
  | 'otlp'
  | 'log-patterns';

export interface Deviation {
  /** An English sentence without its full stop; `tools/reference-words.ts` has it in Portuguese. */
  readonly why: string;
  readonly cases: number;
}

export interface Outcome {
  readonly suite: Suite;
  readonly cases: number;
  readonly passed: number;
  /** Cases whose answer is meant to be another; they count as passed. */
  readonly deviations: readonly Deviation[];
}

export interface Report extends Outcome {
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

const folder = new URL('../.out/conformance/', import.meta.url);

export function report(outcome: Outcome): void {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const whole: Report = { ...outcome, version, date: new Date().toISOString().slice(0, 10) };
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileURLToPath(new URL(`${outcome.suite}.json`, folder)), `${JSON.stringify(whole, null, 2)}\n`);
}

/** For a file with a test for each case. */
export function reportTests(suite: Suite, deviations: readonly Deviation[] = []): void {
  let file: Task | undefined;
  afterEach(({ task }) => {
    file = task.file;
  });
  afterAll(() => {
    const states = file ? statesOf(file) : [];
    if (states.length === 0 || states.some((state) => state !== 'pass' && state !== 'fail')) return;
    report({ suite, cases: states.length, passed: states.filter((state) => state === 'pass').length, deviations });
  });
}

type Task = { readonly type: string; readonly mode: string; readonly result?: { readonly state: string } | undefined };

/** Of all tests below; a skipped one has the state `skip`. */
function statesOf(task: Task): string[] {
  if ('tasks' in task) return (task.tasks as Task[]).flatMap(statesOf);
  return [task.result?.state ?? task.mode];
}

export const leastRandomQueries = 10_000;
