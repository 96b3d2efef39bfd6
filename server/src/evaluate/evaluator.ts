import { log, Pace } from '#kit';
import type { Labels, SeriesRef } from '#model';
import type { EvaluateDeps } from './deps.ts';
import { readRuleFiles } from './files.ts';
import { Group } from './group.ts';
import { createLane } from './lane.ts';
import { writeStale } from './recorder.ts';
import { forgetGroup } from './selfmetrics.ts';
import { sameGroup } from './spec.ts';
import { type GroupView, viewOf } from './views.ts';

/** Where rules come from, and what is common to them. Asked again at each reload. */
export interface RuleSources {
  /** Absolute paths, or globs of them. */
  readonly files: readonly string[];
  /** Of groups that name none. */
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  readonly externalLabels: Labels;
}

export interface EvaluatorDeps extends EvaluateDeps {
  readonly sources: () => RuleSources;
  /** Where people reach Farol, for the links in alerts. */
  readonly externalUrl: () => string;
}

export interface Evaluator extends AsyncDisposable {
  /** Begins to evaluate. */
  start(): void;
  /** Reads the files again; groups that have not changed go on as if nothing were. Refuses with CONFIG_INVALID, and then the old rules stay. */
  reload(): Promise<void>;
  loaded(): { readonly timeMs: number; readonly ok: boolean };
  /** Every group, by file and name. */
  groups(): readonly GroupView[];
}

/** Reads the rules. Refuses with CONFIG_INVALID, naming the file and the line. */
export async function openEvaluator(deps: EvaluatorDeps): Promise<Evaluator> {
  const { clock, limits } = deps;
  const lane = createLane(limits.rules.concurrencyMax);
  const closing = new AbortController();
  const leaving = new Set<Promise<void>>();
  let groups = await newGroups({ restores: true });
  let loaded = { timeMs: clock.nowMs(), ok: true };
  let isStarted = false;
  let turn = Promise.resolve();

  async function newGroups({ restores }: { restores: boolean }): Promise<Group[]> {
    const { files, externalLabels, ...defaults } = deps.sources();
    const { parse } = deps;
    const specs = await readRuleFiles(files, { ...defaults, parse, clock, rulesMax: limits.rules.rulesMax });
    const context = {
      ...deps,
      lane,
      externalLabels,
      get externalUrl() {
        return deps.externalUrl();
      },
    };
    return inSlices(specs, (spec) => new Group(spec, context, { restores }));
  }

  async function apply(next: readonly Group[]): Promise<void> {
    const before = new Map(groups.map((group) => [group.key, group]));
    const kept = await inSlices(next, (group) => {
      const old = before.get(group.key);
      before.delete(group.key);
      return old !== undefined && sameGroup(old.spec, group.spec) ? old : { group, old };
    });
    const started = await Promise.all(
      kept.map(async (one) => {
        if (one instanceof Group) return one;
        await one.old?.stop();
        if (one.old) one.group.inherit(one.old);
        if (isStarted) one.group.start();
        return one.group;
      }),
    );
    await Promise.all([...before.values()].map((group) => group.stop()));
    groups = started;
    for (const group of before.values()) {
      const left = endSeries(group).finally(() => leaving.delete(left));
      leaving.add(left);
    }
  }

  /** Thousands of groups take longer than others should wait. */
  async function inSlices<From, To>(all: readonly From[], make: (one: From) => To): Promise<To[]> {
    const pace = new Pace(clock);
    const made: To[] = [];
    for (const one of all) {
      if (pace.isDue) await pace.rest();
      made.push(make(one));
    }
    return made;
  }

  /** A rule may have moved to another group: only what nobody makes after two intervals has ended. */
  async function endSeries(group: Group): Promise<void> {
    const endedMs = clock.nowMs() - group.spec.queryOffsetMs;
    forgetGroup(group.key);
    try {
      await clock.sleep(2 * group.spec.intervalMs, closing.signal);
    } catch {
      return; // Farol stops; a gap says the rest.
    }
    const made = new Set<SeriesRef>(groups.flatMap((one) => [...one.series()]));
    await writeStale(
      [...group.series()].filter((ref) => !made.has(ref)),
      endedMs,
      deps,
    );
  }

  return {
    start() {
      isStarted = true;
      for (const group of groups) group.start();
      announce(groups);
    },
    loaded: () => loaded,
    groups: () => groups.map(viewOf),
    reload() {
      turn = turn
        .catch(() => undefined)
        .then(async () => {
          const timeMs = clock.nowMs();
          try {
            await apply(await newGroups({ restores: false }));
            loaded = { timeMs, ok: true };
          } catch (error) {
            loaded = { timeMs, ok: false };
            throw error;
          }
        });
      return turn;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await turn.catch(() => undefined);
      await Promise.all([...groups.map((group) => group.stop()), ...leaving]);
    },
  };
}

function announce(groups: readonly Group[]): void {
  if (groups.length === 0) return;
  const rules = groups.flatMap(({ spec }) => spec.rules);
  const alerting = rules.filter(({ kind }) => kind === 'alerting').length;
  log.info({ groups: groups.length, recording: rules.length - alerting, alerting }, 'rules are evaluated');
  if (alerting > 0) log.warn('alerts are evaluated, recorded and shown; this version tells nobody of them');
}
