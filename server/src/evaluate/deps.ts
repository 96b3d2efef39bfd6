/** What rules ask of the rest of Farol: functions, handed in. */
import type { Expr } from '@farol/promql';
import type { Clock } from '#kit';
import type { Labels, Limits, NativeHistogram, SeriesRef } from '#model';
import type { MetricReader, WriteBatch, WriteReceipt } from '#store';

export interface EvaluateDeps {
  readonly tenant: string;
  /** Reads an expression as `instant` does; refuses with BAD_REQUEST. */
  readonly parse: (text: string) => Expr;
  /** Answers a PromQL query at one time, in a lane that people's questions do not fill. */
  readonly instant: (question: InstantQuestion) => Promise<{ readonly value: InstantValue }>;
  /** Reads what has been recorded, to go on after a restart. */
  readonly select: MetricReader['select'];
  /** Resolves when the samples are durable, and seen by `instant`. */
  readonly write: (batch: WriteBatch) => Promise<WriteReceipt>;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly limits: Pick<Limits, 'rules' | 'query'>;
  readonly clock: Clock;
}

interface InstantQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly timeMs: number;
  readonly signal: AbortSignal;
}

type InstantValue =
  | {
      readonly kind: 'vector';
      readonly labels: readonly Labels[];
      readonly values: Float64Array;
      readonly histograms?: readonly (NativeHistogram | undefined)[];
    }
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'matrix' | 'string' };
