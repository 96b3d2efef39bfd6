/** What became of the items of one sender in one request: how many came, how many were refused, and why. */
export class Tally {
  received = 0;
  rejected = 0;
  /** Items that said again what the same request had said already. */
  repeated = 0;
  readonly reasons = new Map<string, { count: number; example: string }>();

  /** Counts items that arrived. */
  receive(items: number): void {
    this.received += items;
  }

  /** `example` is asked only for the first item of a reason. The items must have been counted by `receive`. */
  reject(reason: string, items: number, example: () => string): void {
    this.rejected += items;
    const known = this.reasons.get(reason);
    if (known) known.count += items;
    else this.reasons.set(reason, { count: items, example: example() });
  }

  /** Items to be stored. */
  get accepted(): number {
    return this.received - this.rejected - this.repeated;
  }
}

/** Tallies by sender (a service, a job, a user agent), for requests that carry items of several. */
export type Tallies = Map<string, Tally>;

export function tallyOf(tallies: Tallies, sender: string): Tally {
  const known = tallies.get(sender);
  if (known) return known;
  const opened = new Tally();
  tallies.set(sender, opened);
  return opened;
}

/** One sentence for the sender, or undefined when nothing was refused. `noun` is plural: `spans`. */
export function describeRejections(tallies: Iterable<Tally>, noun: string): string | undefined {
  let rejected = 0;
  let received = 0;
  const reasons = new Map<string, { count: number; example: string }>();
  for (const tally of tallies) {
    rejected += tally.rejected;
    received += tally.received;
    for (const [reason, { count, example }] of tally.reasons) {
      const known = reasons.get(reason);
      if (known) known.count += count;
      else reasons.set(reason, { count, example });
    }
  }
  if (rejected === 0) return undefined;
  const parts = [...reasons].map(([reason, { count, example }]) => `${count} ${reason} (for example: ${example})`);
  const rest = rejected < received ? ', the rest are stored' : '';
  return `${rejected} of ${received} ${noun} rejected${rest}: ${parts.join('; ')}`;
}

/** Shortens what a stranger sent before it goes into a message. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 80)}…`);
}
