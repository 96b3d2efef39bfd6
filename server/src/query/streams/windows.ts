/** How a range is walked from one of its ends: window after window, each as long as to hold about so many lines. */

/** Both ends included. */
export interface Stretch {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

interface Range {
  /** startNs <= time < endNs. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: 'forward' | 'backward';
}

/** Lines that stand in a slot of time; spread evenly, for all that is known. */
export interface Slot {
  readonly startNs: bigint;
  readonly lines: number;
}

/** What the column can hold: 1970 to 2262. */
const earliestNs = 0n;
const latestNs = 9_223_372_036_854_775_806n;

export class Windows {
  private readonly isBackward: boolean;
  private readonly slots: readonly Slot[];
  private readonly slotNs: bigint;
  private leftNs: bigint;
  private rightNs: bigint;

  /** Slots ascend. Lines that they do not know of are in the windows all the same: those cover the range. */
  constructor({ startNs, endNs, direction }: Range, { slots, slotNs }: { slots: readonly Slot[]; slotNs: bigint }) {
    this.isBackward = direction === 'backward';
    this.slots = this.isBackward ? slots.toReversed() : slots;
    this.slotNs = slotNs;
    this.leftNs = startNs > earliestNs ? startNs : earliestNs;
    this.rightNs = endNs - 1n < latestNs ? endNs - 1n : latestNs;
  }

  /** From where the reader stands to where `lines` lines should have been passed. Undefined when all is covered. */
  next(lines: number): Stretch | undefined {
    if (this.leftNs > this.rightNs) return undefined;
    let passed = 0;
    for (const slot of this.slots) {
      const fromNs = larger(slot.startNs, this.leftNs);
      const toNs = smaller(slot.startNs + this.slotNs - 1n, this.rightNs);
      if (fromNs > toNs) continue;
      const held = (slot.lines * Number(toNs - fromNs + 1n)) / Number(this.slotNs);
      if (passed + held < lines) {
        passed += held;
        continue;
      }
      const reachNs = BigInt(Math.ceil(Number(toNs - fromNs) * ((lines - passed) / held)));
      return this.isBackward
        ? { fromNs: larger(toNs - reachNs, this.leftNs), toNs: this.rightNs }
        : { fromNs: this.leftNs, toNs: smaller(fromNs + reachNs, this.rightNs) };
    }
    return { fromNs: this.leftNs, toNs: this.rightNs };
  }

  /** This much of the last window has been read, from the end where the reader stood. */
  covered({ fromNs, toNs }: Stretch): void {
    if (this.isBackward) this.rightNs = fromNs - 1n;
    else this.leftNs = toNs + 1n;
  }
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
