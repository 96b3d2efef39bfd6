/** Series not seen before: from labels to a ref, or to the reason why nothing of the series is stored. */
import { type Labels, type Limits, Refusal, type SeriesRef } from '#model';
import type { Tally, Window } from '#normalise';
import { isInvalidText, labelSetOf } from './labels.ts';

export interface LearnDeps {
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly limits: Limits['receive'];
}

/** Whose request it is, and what is counted for whom. */
export interface SenderFacts {
  readonly tenant: string;
  /** The tenant as a small number, for the tables. */
  readonly tenantNumber: number;
  readonly window: Window;
  readonly tally: Tally;
}

/** In place of a ref: the series is refused, and `refuse` says so for its items. */
export const UNUSABLE = -1;

export class Learner {
  private readonly sender: SenderFacts;
  private readonly deps: LearnDeps;
  private fault: { reason: string; example: string } = { reason: '', example: '' };

  constructor(sender: SenderFacts, deps: LearnDeps) {
    this.sender = sender;
    this.deps = deps;
  }

  /** `readPairs` may refuse: invalid UTF-8 costs this series only, malformed protobuf the whole request. */
  learn(readPairs: () => readonly string[] | typeof UNUSABLE): SeriesRef {
    try {
      const pairs = readPairs();
      if (pairs === UNUSABLE) return UNUSABLE;
      const labels = labelSetOf(pairs, this.deps.limits);
      if ('reason' in labels) return this.unusable(labels.reason, labels.example);
      return this.deps.intern(this.sender.tenant, labels);
    } catch (error) {
      if (isInvalidText(error)) return this.unusable('invalid_utf8', `a label of a series: ${error.message}`);
      if (error instanceof Refusal && error.code === 'SERIES_LIMIT')
        return this.unusable('series_limit', error.message);
      throw error;
    }
  }

  unusable(reason: string, example: string): typeof UNUSABLE {
    this.fault = { reason, example };
    return UNUSABLE;
  }

  /** Counts the items of the series that was unusable last. One without items is still a series that was refused. */
  refuse(items: number): void {
    const count = Math.max(items, 1);
    const { reason, example } = this.fault;
    this.sender.tally.receive(count);
    this.sender.tally.reject(reason, count, () => example);
  }
}
