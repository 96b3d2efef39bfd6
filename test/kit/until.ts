/** Waits for something to become true, looking every 25 ms; throws when `msMax` have passed. */
export async function until(met: () => boolean | Promise<boolean>, msMax: number, what: string): Promise<void> {
  const startedMs = performance.now();
  while (!(await met())) {
    if (performance.now() - startedMs > msMax) throw new Error(`waited ${msMax} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
