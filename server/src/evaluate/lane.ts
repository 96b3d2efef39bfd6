/** Runs at most so many at once; the others wait in the order they came. */
export function createLane(concurrencyMax: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(inside: () => Promise<T>): Promise<T> => {
    if (running < concurrencyMax) running++;
    // The place passes from hand to hand, so `running` stays.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await inside();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

export type Lane = ReturnType<typeof createLane>;
