/** PromQL over a window, asked of servers in turn; and what each took. */
import { type Agreement, type Answer, agreementOf } from './agreement.ts';
import { median, postForm, type TimedAnswer } from './http.ts';
import type { Times } from './metrics-set.ts';
import type { MetricsServer } from './server.ts';

export interface Window {
  readonly name: string;
  /** 0 for one moment. */
  readonly seconds: number;
  readonly stepSeconds: number;
}

/** Prometheus 2 takes the sample at a window's left edge, Prometheus 3 and Farol do not: no sample stands on an edge. */
const offGridSeconds = 7;

export interface Asked {
  readonly query: string;
  readonly window: Window;
  readonly endSeconds: number;
}

export async function ask({ api, name }: MetricsServer, { query, window, endSeconds }: Asked, useCaches = false) {
  // VictoriaMetrics would keep answers, and move their ends to where it can.
  const nocache: Record<string, string> = useCaches ? {} : { nocache: '1' };
  const answer =
    window.seconds === 0
      ? await postForm(`${api}/api/v1/query`, { query, time: String(endSeconds), ...nocache })
      : await postForm(`${api}/api/v1/query_range`, {
          query,
          start: String(endSeconds - window.seconds),
          end: String(endSeconds),
          step: String(window.stepSeconds),
          ...nocache,
        });
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status} to ${query}: ${answer.body}`);
  return answer;
}

/**
 * Where the n-th repetition of a question ends. Every end begins a grid of steps of its own, so that nothing kept of
 * earlier answers can help, neither whole ones nor steps.
 */
export function endOf({ lastMs }: Times, run: number): number {
  return lastMs / 1000 - offGridSeconds - run;
}

export interface Timed {
  readonly query: string;
  readonly window: string;
  /** Medians, by the server's name; of those that answered. */
  readonly ms: Readonly<Record<string, number>>;
  /** What those said that did not. */
  readonly refusals: readonly string[];
  /** Of the first server with Prometheus, where that is asked too. */
  readonly agreement?: Agreement;
}

export interface Asking {
  /** Farol first. */
  readonly servers: readonly MetricsServer[];
  readonly times: Times;
  readonly repeats: number;
}

/** Of a moment more often: what takes a few milliseconds varies more, and a user asks for it all day. */
export const momentRepeats = 4;

/** Each server in turn, once to warm up and to compare the answers, then `repeats` times. */
export async function timed(query: string, window: Window, { servers, times, repeats }: Asking): Promise<Timed> {
  const refusals: string[] = [];
  const answers = new Map<MetricsServer, TimedAnswer>();
  for (const server of servers) {
    const asked = ask(server, { query, window, endSeconds: endOf(times, 0) });
    await asked.then(
      (answer) => answers.set(server, answer),
      (error: Error) => refusals.push(error.message.slice(0, 300)),
    );
  }
  const agreement = await agreed(query, answers);
  const taken = new Map([...answers.keys()].map((server): [MetricsServer, number[]] => [server, []]));
  answers.clear();
  const runs = window.seconds === 0 ? momentRepeats * repeats : repeats;
  for (let run = 1; run <= runs; run++) {
    for (const [server, values] of taken) {
      values.push((await ask(server, { query, window, endSeconds: endOf(times, run) })).ms);
    }
  }
  const ms = Object.fromEntries([...taken].map(([{ name }, values]) => [name, median(values)]));
  return { query, window: window.name, ms, refusals, ...(agreement && { agreement }) };
}

/** Farol with Prometheus, where both answered. */
async function agreed(query: string, answers: ReadonlyMap<MetricsServer, TimedAnswer>): Promise<Agreement | undefined> {
  const servers = [...answers.keys()];
  const [farol, prometheus] = ['Farol', 'Prometheus'].map((name) => servers.find((server) => server.name === name));
  if (!farol || !prometheus) return undefined;
  return agreementOf({
    query,
    ours: bodyOf(answers.get(farol)),
    theirs: bodyOf(answers.get(prometheus)),
    askTheirs: async (inner, endSeconds) => bodyOf(await ask(prometheus, { query: inner, window: moment, endSeconds })),
  });
}

const moment: Window = { name: 'instant', seconds: 0, stepSeconds: 0 };

function bodyOf(answer: TimedAnswer | undefined): Answer {
  return JSON.parse(answer?.body.toString() ?? '{"data":{"result":[]}}') as Answer;
}
