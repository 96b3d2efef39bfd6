/**
 * The people who use the API: receptionists, patients, screens on a wall, and a few who mistype. They come as a Poisson
 * process whose rate follows a day of eight minutes, and think between requests.
 */
import type { Caller, Reply } from './caller.ts';
import type { Chance } from './chance.ts';

const dayMs = 8 * 60_000;
const requestsPerVisit = 2.9;
const visitsMax = 80;
const thinkMs = 900;
const calendarDays = 28;

export interface PatientsDeps {
  readonly call: Caller;
  /** While a release goes out nobody new comes; who is inside waits. */
  readonly isClosed: () => boolean;
  readonly chance: Chance;
  /** Counted into as requests go by. */
  readonly tally: Tally;
  readonly requestsPerSecond: number;
}

export interface Tally {
  requests: number;
  answered2xx: number;
  answered4xx: number;
  answered5xx: number;
  unanswered: number;
  /** Visits that did not happen because too many were going on. */
  turnedAway: number;
}

export class Patients {
  private readonly deps: PatientsDeps;
  private readonly stopping = new AbortController();
  private visits = 0;
  private timer: NodeJS.Timeout | undefined;
  private lastBookedId = 0;

  constructor(deps: PatientsDeps) {
    this.deps = deps;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.start();
      void this.visit(); // A visit ends by itself and tallies what happened to it.
    }, this.deps.chance.waitMs(this.meanWaitMs()));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopping.abort();
  }

  /** Between 0.6 and 1.4 times the asked rate, as quiet hours and rushes alternate. */
  private meanWaitMs(): number {
    const hour = (Date.now() % dayMs) / dayMs;
    const rate = this.deps.requestsPerSecond * (1 + 0.4 * Math.sin(2 * Math.PI * hour));
    return (1000 * requestsPerVisit) / rate;
  }

  private async visit(): Promise<void> {
    if (this.deps.isClosed()) return;
    if (this.visits >= visitsMax) {
      this.deps.tally.turnedAway++;
      return;
    }
    this.visits++;
    try {
      const kind = this.deps.chance.next();
      if (kind < 0.3) await this.lookAtWall();
      else if (kind < 0.65) await this.askReceptionist();
      else if (kind < 0.95) await this.bookOnline();
      else await this.mistype();
    } finally {
      this.visits--;
    }
  }

  private async lookAtWall(): Promise<void> {
    await this.ask('GET', `/appointments?day=${this.someDay(3)}`);
    await this.think();
    await this.ask('GET', `/appointments?day=${this.someDay(3)}`);
  }

  private async askReceptionist(): Promise<void> {
    await this.ask('GET', '/doctors');
    await this.think();
    await this.ask('GET', `/appointments?day=${this.someDay(calendarDays)}&doctor=${this.someDoctor()}`);
    await this.think();
    await this.book();
  }

  private async bookOnline(): Promise<void> {
    await this.ask('GET', `/patients?name=${this.deps.chance.pick(['Al', 'Be', 'Ce', 'Di', 'Es', 'Fe', 'Ga'])}`);
    await this.think();
    const id = await this.book();
    if (id === undefined) return;
    await this.think();
    await this.ask('GET', `/appointments/${id}`);
    if (!this.deps.chance.happens(0.35)) return;
    await this.think();
    await this.ask('DELETE', `/appointments/${id}`);
  }

  private async mistype(): Promise<void> {
    const { chance } = this.deps;
    if (chance.happens(0.4)) await this.ask('GET', `/appointments/${this.lastBookedId + 1_000_000}`);
    else if (chance.happens(0.5))
      await this.ask('POST', '/appointments', { doctorId: 'Dr. Ana', startsAt: 'tomorrow' });
    else await this.ask('GET', '/appointments?day=31/12/2026');
  }

  /** The id of the new appointment. Someone may have been quicker (409), or nobody could be told (502). */
  private async book(): Promise<number | undefined> {
    const { chance } = this.deps;
    const slot = `${String(chance.between(8, 17)).padStart(2, '0')}:${chance.pick(['00', '15', '20', '30', '40', '45'])}`;
    const reply = await this.ask('POST', '/appointments', {
      doctorId: this.someDoctor(),
      patientId: chance.between(1, 400),
      startsAt: `${this.someDay(calendarDays)}T${slot}:${String(chance.between(0, 59)).padStart(2, '0')}Z`,
      reason: chance.pick(['check-up', 'follow-up', 'back pain', 'prescription', 'exam results']),
    });
    const id = reply.status === 201 ? (JSON.parse(reply.body) as { id: number }).id : undefined;
    if (id !== undefined) this.lastBookedId = id;
    return id;
  }

  private async ask(method: string, path: string, body?: object): Promise<Reply> {
    this.deps.tally.requests++;
    const reply = await this.deps.call(method, path, body);
    if (reply.status === 0) this.deps.tally.unanswered++;
    else if (reply.status >= 500) this.deps.tally.answered5xx++;
    else if (reply.status >= 400) this.deps.tally.answered4xx++;
    else this.deps.tally.answered2xx++;
    return reply;
  }

  private think(): Promise<void> {
    const ms = this.deps.chance.latencyMs(thinkMs);
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }

  private someDoctor(): number {
    return this.deps.chance.between(1, 12);
  }

  private someDay(days: number): string {
    const time = Date.now() + this.deps.chance.between(0, days - 1) * 86_400_000;
    return new Date(time).toISOString().slice(0, 10);
  }
}
