/** One client's tail: what waits for it is taken now and then, put through its query, and sent. */
import type { WebSocket } from 'ws';
import { log } from '#kit';
import { Refusal } from '#model';
import type { LogEntry } from '#query/logql';
import { createRowBatches, type DroppedLine } from '#query/streams';
import { labelsJson } from '../prometheus/values.ts';
import type { LokiDeps } from './deps.ts';
import type { TailQuestion } from './tail.ts';
import { categorizeLabels, streamPieces } from './values.ts';

const everyMs = 250;
const pingEveryMs = 10_000;

export class TailSession {
  private readonly socket: WebSocket;
  private readonly question: TailQuestion;
  private readonly deps: LokiDeps;
  private readonly end = new AbortController();
  private readonly batchOf = createRowBatches();
  /** Lines that the past has shown and that may come again, as they became durable meanwhile. */
  private shown = new Map<string, number>();
  private isAlive = true;

  constructor(socket: WebSocket, question: TailQuestion, deps: LokiDeps) {
    this.socket = socket;
    this.question = question;
    this.deps = deps;
    socket.once('close', () => {
      question.tail[Symbol.dispose]();
      this.end.abort();
    });
    socket.on('pong', () => {
      this.isAlive = true;
    });
  }

  /** Resolves when the tail has ended; never rejects. */
  async run(): Promise<void> {
    try {
      const pastUntilMs = await this.sendPast();
      await this.follow(pastUntilMs);
      this.socket.close(1000, 'reached tail max duration limit');
    } catch (error) {
      if (this.end.signal.aborted) return;
      if (!(error instanceof Refusal)) log.error({ err: error }, 'a tail failed');
      const why = error instanceof Refusal ? error.message : 'internal error; see the log';
      this.socket.close(1011, closeReason(why));
    }
  }

  /** The newest lines since the start, oldest first. Returns when that was. */
  private async sendPast(): Promise<number> {
    const { tenant, text, limit, startNs } = this.question;
    const nowMs = this.deps.clock.nowMs();
    const endNs = BigInt(Math.ceil(nowMs) + 1) * 1_000_000n;
    const answer = await this.deps.logql.query({
      kind: 'range',
      tenant,
      text,
      limit,
      startNs,
      endNs: endNs > startNs ? endNs : startNs,
      stepMs: 1000,
      direction: 'backward',
      signal: this.end.signal,
    });
    const entries = answer.value.kind === 'streams' ? answer.value.entries.toReversed() : [];
    for (const entry of entries) this.shown.set(keyOf(entry), (this.shown.get(keyOf(entry)) ?? 0) + 1);
    this.send(entries, []);
    return this.deps.clock.nowMs();
  }

  private async follow(pastUntilMs: number): Promise<void> {
    const { clock, tailLimits } = this.deps;
    const untilMs = clock.nowMs() + tailLimits.msMax;
    let pingAtMs = clock.nowMs() + pingEveryMs;
    while (clock.nowMs() < untilMs) {
      await clock.sleep(everyMs, this.end.signal);
      if (clock.nowMs() >= pingAtMs) {
        this.ping();
        pingAtMs = clock.nowMs() + pingEveryMs;
      }
      // A client that does not read: what comes waits in the tail, which drops what it cannot hold.
      if (this.socket.bufferedAmount > tailLimits.unsentBytesMax) continue;
      const takenUntilMs = clock.nowMs() - this.question.delayMs;
      this.flush(takenUntilMs);
      if (takenUntilMs > pastUntilMs) this.shown.clear();
    }
  }

  private flush(untilMs: number): void {
    const { tail, filter } = this.question;
    const rows = tail.take(untilMs);
    const dropped = tail.takeDropped();
    const entries = rows.length === 0 ? [] : filter.run(this.batchOf(rows)).filter((entry) => this.isNew(entry));
    this.send(entries, dropped);
  }

  private isNew(entry: LogEntry): boolean {
    const left = this.shown.get(keyOf(entry)) ?? 0;
    if (left > 0) this.shown.set(keyOf(entry), left - 1);
    return left === 0;
  }

  private send(entries: readonly LogEntry[], dropped: readonly DroppedLine[]): void {
    if (entries.length === 0 && dropped.length === 0) return;
    const { categorized } = this.question;
    const streams = [...streamPieces(entries, categorized)].join('');
    const losses = dropped.length === 0 ? '' : `,"dropped_entries":[${dropped.map(droppedJson).join(',')}]`;
    const flags = categorized ? `,"encodingFlags":["${categorizeLabels}"]` : '';
    this.socket.send(`{"streams":[${streams}]${losses}${flags}}`);
  }

  /** A client that did not answer the last ping is gone. */
  private ping(): void {
    if (this.isAlive) this.socket.ping();
    else this.socket.terminate();
    this.isAlive = false;
  }
}

const keyOf = ({ timeNs, line }: LogEntry): string => `${timeNs} ${line}`;

function droppedJson({ timeNs, labels }: DroppedLine): string {
  return `{"timestamp":"${timeNs}","labels":${labelsJson(labels)}}`;
}

/** A close frame holds 123 bytes. */
function closeReason(message: string): string {
  const bytes = Buffer.from(message).subarray(0, 120);
  return bytes.toString('utf8').replace(/\uFFFD+$/, '');
}
