/** Sends telemetry at the server as fast as it is acknowledged, from a process of its own. Knows no server but its URL. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LoadPlan, LoadReport } from './loader.ts';

export { alertRules } from './alert-rules.ts';
export { LiveFeed } from './live.ts';
export type { LoadPlan, LoadReport } from './loader.ts';
export { lineTraceIdOf } from './logs.ts';
export { roundsPerRequest } from './remote-write.ts';
export { seriesPerInstance } from './series.ts';
export { traceIdOf } from './spans.ts';

export async function load(plan: LoadPlan): Promise<LoadReport> {
  const child = fork(new URL('./loader.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(plan);
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  const [report] = await once(child, 'message', { signal: ended.signal });
  return report as LoadReport;
}
