/** One group: its rules one after another, on its own beat, until it is stopped. */
import { askingAs, log, quietly, work } from '#kit';
import { Refusal, type SeriesRef } from '#model';
import { type AlertContext, evaluateAlerting } from './alerting.ts';
import { shiftAlerts } from './alerts.ts';
import type { Lane } from './lane.ts';
import { metricsRead } from './reads.ts';
import { Recorder } from './recorder.ts';
import { evaluateRecording } from './recording.ts';
import { restoreForState } from './restore.ts';
import { isAlerting, newRule, type Rule } from './rule.ts';
import { type Beat, beats } from './schedule.ts';
import * as metrics from './selfmetrics.ts';
import { type GroupSpec, groupKey } from './spec.ts';

export interface GroupDeps extends AlertContext {
  readonly lane: Lane;
}

export class Group {
  readonly spec: GroupSpec;
  readonly key: string;
  readonly rules: readonly Rule[];
  lastEvaluationMs = 0;
  evaluationSeconds = 0;
  /** Series of rules that this group had before it was reloaded. */
  #orphans: SeriesRef[] = [];
  readonly #deps: GroupDeps;
  readonly #stop = new AbortController();
  readonly #labels: { readonly rule_group: string };
  #running: Promise<void> = Promise.resolve();

  /** `restores`: whether `for` goes on from what was recorded before. */
  constructor(spec: GroupSpec, deps: GroupDeps, { restores }: { restores: boolean }) {
    this.spec = spec;
    this.key = groupKey(spec);
    this.rules = spec.rules.map((rule) => newRule(rule, { restored: !restores }));
    this.#deps = deps;
    this.#labels = { rule_group: this.key };
    metrics.intervalSeconds.set(this.#labels, spec.intervalMs / 1000);
    metrics.rulesCount.set(this.#labels, spec.rules.length);
    // So that they are there before the first failure.
    for (const total of [metrics.failuresTotal, metrics.missedTotal]) total.inc(this.#labels, 0);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when nothing of it runs any more. What it has recorded stays as it is. */
  async stop(): Promise<void> {
    this.#stop.abort(new Refusal('the rules are being stopped', { code: 'CANCELLED' }));
    await this.#running;
  }

  /** The series that its rules make now. */
  *series(): Generator<SeriesRef> {
    for (const rule of this.rules) yield* rule.series;
    yield* this.#orphans;
  }

  /** Goes on where the stopped group stood, rule by rule, as names and labels say. */
  inherit(from: Group): void {
    this.lastEvaluationMs = from.lastEvaluationMs;
    this.evaluationSeconds = from.evaluationSeconds;
    const heirs = Map.groupBy(this.rules, nameAndLabels);
    this.#orphans = [...from.#orphans];
    for (const before of from.rules) {
      const heir = heirs.get(nameAndLabels(before))?.shift();
      if (heir === undefined) this.#orphans.push(...before.series);
      else {
        heir.series = before.series;
        if (isAlerting(heir) && isAlerting(before)) {
          heir.active = before.active;
          heir.restored = before.restored;
        }
      }
    }
  }

  async #run(): Promise<void> {
    let evaluated = 0;
    for await (const beat of beats({ ...this.spec, key: this.key }, this.#deps.clock, this.#stop.signal)) {
      try {
        await this.#iterate(beat);
        // The first evaluation may have come before the first scrapes, and before the rules it depends on.
        if (++evaluated === 2) await this.#restore();
      } catch (error) {
        // A fault of ours must not end the watch: the next beat tries again.
        if (!this.#stop.signal.aborted)
          log.error({ err: error, group: this.key }, 'a rule group could not be evaluated');
      }
    }
  }

  async #restore(): Promise<void> {
    const about = { nowMs: this.#deps.clock.nowMs(), signal: this.#stop.signal };
    for (const rule of this.rules) {
      if (isAlerting(rule) && !rule.restored) await restoreForState(rule, about, this.#deps);
    }
  }

  /** One evaluation of all rules, as one unit of work. */
  async #iterate(beat: Beat): Promise<void> {
    const { clock } = this.#deps;
    if (beat.missed > 0) metrics.missedTotal.inc(this.#labels, beat.missed);
    metrics.iterationsTotal.inc(this.#labels, 1 + beat.missed);
    if (beat.jumpMs !== 0) for (const rule of this.rules) if (isAlerting(rule)) shiftAlerts(rule.active, beat.jumpMs);
    const startTick = clock.tickMs();
    const startMs = clock.nowMs();
    await askingAs('rules', () =>
      work('evaluate.group', async (unit) => {
        const samples = await this.#evaluate(beat.timeMs);
        const failures = this.rules.filter(({ health }) => health === 'err').length;
        unit.set({
          'farol.group': this.spec.name,
          'farol.rules': this.rules.length,
          'farol.samples': samples,
          'farol.failures': failures,
          'farol.missed': beat.missed,
        });
        metrics.lastSamples.set(this.#labels, samples);
      }),
    );
    this.evaluationSeconds = (clock.tickMs() - startTick) / 1000;
    this.lastEvaluationMs = startMs;
    metrics.groupSeconds.observe(this.evaluationSeconds);
    metrics.lastDuration.set(this.#labels, this.evaluationSeconds);
    metrics.lastEvaluation.set(this.#labels, startMs / 1000);
  }

  /** Returns how many samples the rules have made. */
  async #evaluate(timeMs: number): Promise<number> {
    const { lane } = this.#deps;
    const { queryOffsetMs } = this.spec;
    const sampleMs = timeMs - queryOffsetMs;
    const recorder = new Recorder({
      ...this.#deps,
      onLost: (rule, samples, reason) => this.#lost(rule, samples, reason),
    });
    for (const rule of this.rules) {
      if (this.#stop.signal.aborted) return recorder.samplesCount;
      if (recorder.isAwaited(metricsRead(rule.spec))) await recorder.flush();
      await lane(() => quietly(() => this.#evaluateRule(rule, { timeMs, sampleMs }, recorder)));
    }
    await recorder.flush();
    if (this.#orphans.length > 0 && (await recorder.markStale(this.#orphans, sampleMs))) this.#orphans = [];
    return recorder.samplesCount;
  }

  async #evaluateRule(rule: Rule, times: { timeMs: number; sampleMs: number }, recorder: Recorder): Promise<void> {
    const { clock, limits } = this.#deps;
    const startTick = clock.tickMs();
    rule.lastEvaluationMs = clock.nowMs();
    metrics.evaluationsTotal.inc(this.#labels);
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), limits.rules.msMax);
    const moment = { ...times, limit: this.spec.limit, signal: AbortSignal.any([late.signal, this.#stop.signal]) };
    try {
      const samples = isAlerting(rule)
        ? await evaluateAlerting(rule, moment, this.#deps)
        : await evaluateRecording(rule, moment, this.#deps);
      recorder.add(rule, samples, times.sampleMs);
      rule.health = 'ok';
      rule.lastError = '';
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!(error instanceof Refusal) && !late.signal.aborted)
        log.error({ err: error, group: this.key, rule: rule.spec.name }, 'a rule failed');
      const limit = `the rule was not evaluated within ${limits.rules.msMax} ms (limits.rules.msMax); make it cheaper`;
      this.#failed(rule, late.signal.aborted ? limit : (error as Error).message);
    } finally {
      clearTimeout(deadline);
      rule.evaluationSeconds = (clock.tickMs() - startTick) / 1000;
      metrics.ruleSeconds.observe(rule.evaluationSeconds);
    }
  }

  #failed(rule: Rule, reason: string): void {
    // The same complaint every few seconds says no more than once.
    if (rule.lastError !== reason)
      log.warn({ group: this.key, rule: rule.spec.name, reason }, 'a rule could not be evaluated');
    rule.health = 'err';
    rule.lastError = reason;
    metrics.failuresTotal.inc(this.#labels);
  }

  #lost(rule: Rule, samples: number, reason: string): void {
    metrics.lostSamplesTotal.inc(this.#labels, samples);
    this.#failed(rule, `what the rule made could not be stored: ${reason}`);
  }
}

function nameAndLabels({ spec }: Rule): string {
  return JSON.stringify([spec.kind, spec.name, spec.labels]);
}
