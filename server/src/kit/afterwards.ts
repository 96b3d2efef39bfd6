/** What only counts and tells waits until the turn is over: an answer that is ready leaves first. */

const waiting: (() => void)[] = [];

/** Runs `task` at the end of this turn of the event loop, behind those that were given before. It must not throw. */
export function afterwards(task: () => void): void {
  if (waiting.push(task) === 1) setImmediate(catchUp);
}

/** Runs what waits now, for who must know of it. */
export function catchUp(): void {
  for (const task of waiting.splice(0)) task();
}
