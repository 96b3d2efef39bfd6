/** What there is to measure, in the order of a whole run: sections that share a data set follow each other. */
import type { Finding } from '../report.ts';
import type { Scale } from '../scale.ts';
import type { SetName, Sets } from '../sets.ts';
import { cost } from './cost.ts';
import { dashboard } from './dashboard.ts';
import { ingest } from './ingest.ts';
import { listings } from './listings.ts';
import { logs } from './logs.ts';
import { memory } from './memory.ts';
import { promql, promqlWide } from './promql.ts';
import { remoteWrite } from './remote-write.ts';
import { rules } from './rules.ts';
import { start } from './start.ts';
import { traces } from './traces.ts';

export interface Bench {
  readonly scale: Scale;
  readonly sets: Sets;
}

export interface Section {
  run(bench: Bench): Promise<Finding>;
  /** The data set it shares with others. */
  readonly set?: SetName;
}

export const sections: Readonly<Record<string, Section>> = {
  promql: { run: promql, set: 'series10k' },
  dashboard: { run: dashboard, set: 'series10k' },
  cost: { run: cost, set: 'series10k' },
  'promql-100k': { run: promqlWide, set: 'series100k' },
  listings: { run: listings },
  rules: { run: rules },
  'remote-write': { run: remoteWrite },
  logs: { run: logs },
  traces: { run: traces },
  ingest: { run: ingest },
  start: { run: start },
  memory: { run: memory },
};
