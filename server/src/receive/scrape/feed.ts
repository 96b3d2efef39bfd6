/** Exposition text that nobody scrapes: Farol's own metrics on their way into the store, by the same rules. */
import { type Labels, labelsFrom } from '#model';
import { createIntake, type IntakeDeps } from './intake.ts';
import { createMetadataMemory } from './metadata.ts';

export type FeedDeps = Omit<IntakeDeps, 'newMetadata'>;

export interface Feed {
  /** Stores one reading of the text format at `timeMs`. Throws ExpositionProblem, and then nothing is stored. */
  accept(text: string, timeMs: number): Promise<void>;
}

/** `labels` are added to every series, such as `job` and `instance`. Booked as protocol `self`. */
export function createFeed(deps: FeedDeps, labels: Readonly<Record<string, string>>): Feed {
  const own: Labels = labelsFrom(Object.entries(labels));
  const intake = createIntake(
    { ...deps, newMetadata: createMetadataMemory() },
    { protocol: 'self', sender: labels.job ?? 'self', labels: own, rules: plainRules },
  );
  return {
    async accept(text, timeMs) {
      await intake.acceptPlain(await intake.read(text, 'text', timeMs), timeMs);
    },
  };
}

const plainRules = {
  honorLabels: false,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  legacyNames: false,
  metricRelabelRules: [],
  samplesMax: 0,
  labelsMax: 0,
  labelNameBytesMax: 0,
  labelValueBytesMax: 0,
  extraMetrics: false,
};
