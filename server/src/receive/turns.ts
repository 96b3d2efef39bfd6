/** Work on large bodies: one at a time, so that whoever sends little never waits for who sends much. */

/** From this size on a body takes longer than a few milliseconds, and waits for its turn. */
export const largeBytesMin = 256 * 1024;

/** One turn at a time. Who asks for many gets them in between those of others, each one's in the order they were asked for. */
export class Queue {
  /** What begins their turns, by who waits; whoever is next stands first. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private isTaken = false;

  /** Resolves when it is the caller's turn, with what ends the turn; that may be called again. */
  take(who: string): Promise<() => void> {
    return new Promise((resolve) => {
      const begin = () => resolve(this.endOnce());
      const theirs = this.waiting.get(who);
      if (!this.isTaken) begin();
      else if (theirs) theirs.push(begin);
      else this.waiting.set(who, [begin]);
      this.isTaken = true;
    });
  }

  private endOnce(): () => void {
    let isOver = false;
    return () => {
      if (!isOver) this.next();
      isOver = true;
    };
  }

  private next(): void {
    const [first] = this.waiting;
    this.isTaken = first !== undefined;
    if (first === undefined) return;
    const [who, [begin, ...rest]] = first;
    this.waiting.delete(who);
    if (rest.length > 0) this.waiting.set(who, rest);
    begin?.();
  }
}
