/** The data sets of a run: each fed when a section first asks for it, and gone after the last that does. */
import { MetricsSet } from './metrics-set.ts';
import type { Scale } from './scale.ts';

export type SetName = 'series10k' | 'series100k';

export class Sets {
  private readonly scale: Scale;
  private readonly held = new Map<SetName, Promise<MetricsSet>>();

  constructor(scale: Scale) {
    this.scale = scale;
  }

  get(name: SetName): Promise<MetricsSet> {
    const held = this.held.get(name) ?? MetricsSet.feed(this.scale[name]);
    this.held.set(name, held);
    return held;
  }

  async close(name: SetName): Promise<void> {
    const held = this.held.get(name);
    this.held.delete(name);
    await held?.then(
      (set) => set.close(),
      () => undefined,
    );
  }
}
