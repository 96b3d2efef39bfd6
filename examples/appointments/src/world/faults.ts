/**
 * What goes wrong, and when. A fault is the gateway's mood, a bad release, or both; ending it is the gateway getting
 * well and a fixed release going out. The order is seeded; the first comes soon, so that there is something to find.
 */
import type { Change } from '../api/release.ts';
import type { Chance } from './chance.ts';
import type { GatewayMood } from './sms-gateway.ts';

export const faultNames = ['failing-downstream', 'slow-query', 'n-plus-one', 'pool-exhaustion'] as const;
export type FaultName = (typeof faultNames)[number];

interface Fault {
  readonly gateway: GatewayMood;
  readonly change: Change;
  readonly says: string;
}

const faults: Readonly<Record<FaultName, Fault>> = {
  'failing-downstream': {
    gateway: 'failing',
    change: 'none',
    says: 'the SMS gateway refuses most messages and ignores some: POST /appointments fails with 502',
  },
  'slow-query': {
    gateway: 'well',
    change: 'slow-query',
    says: 'a release counts clashes over the whole history before each listing: GET /appointments takes half a second',
  },
  'n-plus-one': {
    gateway: 'well',
    change: 'n-plus-one',
    says: 'a release asks for the doctor and the patient of every row: GET /appointments makes up to 81 queries',
  },
  'pool-exhaustion': {
    gateway: 'slow',
    change: 'notify-in-transaction',
    says: 'a release sends the message inside the transaction, and the gateway is slow: four connections are not enough',
  },
};

const firstAfterMs = 60_000;
const lastsMs = { min: 120_000, max: 180_000 };
const calmMs = { min: 90_000, max: 150_000 };

export interface FaultsDeps {
  readonly chance: Chance;
  /** Resolves when the new release serves. */
  readonly deploy: (release: { version: string; change: Change }) => Promise<void>;
  readonly say: (sentence: string) => void;
}

export interface FaultState {
  readonly fault: FaultName | 'none';
  readonly version: string;
  readonly endsInMs?: number;
}

export class Faults {
  private current: FaultName | undefined;
  private endsAtMs = 0;
  private minor = 4;
  private patch = 2;
  private change: Change = 'none';
  private queue: FaultName[] = ['failing-downstream'];
  private timer: NodeJS.Timeout | undefined;
  private readonly deps: FaultsDeps;
  private scheduled = false;
  // Deploys and forced faults take their turn: two at once would deploy over each other.
  private turn: Promise<void> = Promise.resolve();

  constructor(deps: FaultsDeps) {
    this.deps = deps;
  }

  get mood(): GatewayMood {
    return this.current ? faults[this.current].gateway : 'well';
  }

  get state(): FaultState {
    const version = `1.${this.minor}.${this.patch}`;
    if (!this.current) return { fault: 'none', version };
    return { fault: this.current, version, endsInMs: Math.max(0, this.endsAtMs - Date.now()) };
  }

  /** Lets faults come and go by themselves from now on. */
  schedule(): void {
    this.scheduled = true;
    this.after(firstAfterMs, () => this.startNext());
  }

  /** Starts a fault now, in place of whatever goes on. Resolves when it is in force. */
  start(name: FaultName, forMs = lastsMs.max): Promise<void> {
    return this.inTurn(async () => {
      this.current = name;
      this.endsAtMs = Date.now() + forMs;
      this.deps.say(`fault ${name} for ${Math.round(forMs / 1000)} s: ${faults[name].says}`);
      await this.release(faults[name].change);
      this.after(this.endsAtMs - Date.now(), () => this.end());
    });
  }

  /** Resolves when everything is well again. */
  end(): Promise<void> {
    return this.inTurn(async () => {
      if (this.current) this.deps.say(`fault ${this.current} ends`);
      this.current = undefined;
      await this.release('none');
      this.after(this.deps.chance.between(calmMs.min, calmMs.max), () => this.startNext());
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.scheduled = false;
  }

  private async startNext(): Promise<void> {
    if (!this.scheduled) return;
    if (this.queue.length === 0) this.queue = this.deps.chance.shuffled(faultNames);
    const next = this.queue.shift();
    if (next) await this.start(next, this.deps.chance.between(lastsMs.min, lastsMs.max));
  }

  /** A change goes out as a new minor version, its fix as a patch of that. */
  private async release(change: Change): Promise<void> {
    if (change === this.change) return;
    this.minor += change === 'none' ? 0 : 1;
    this.patch = change === 'none' ? this.patch + 1 : 0;
    this.change = change;
    await this.deps.deploy({ version: this.state.version, change });
  }

  private after(ms: number, next: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      next().catch((error: Error) => this.deps.say(`the fault schedule stopped: ${error.message}`));
    }, ms);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }
}
