import type { Attributes, AttributeType, Resource, Scope } from './attributes.ts';
import type { Labels } from './labels.ts';

/** The level a person filters by, from the severity number, else the severity text, else the line. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unknown';

export interface LogRow {
  readonly tenant: string;
  readonly service: string;
  readonly timeNs: bigint;
  readonly observedNs: bigint;
  /** OTLP severity number, 0 when unset. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly level: Level;
  readonly body: string;
  readonly bodyType: AttributeType;
  /** Lower-case hex, `''` when absent. */
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly eventName: string;
  /** The Loki stream: `service_name` and the promoted resource attributes, or the labels that Loki push sent. */
  readonly stream: Labels;
  readonly resource: Resource;
  readonly scope: Scope;
  /** OTLP log attributes, or Loki structured metadata. */
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
}

/** How many lines of a stream and a minute are alike but for numbers and ids. */
export interface LogShapeRow {
  readonly service: string;
  /** The minute's begin, in seconds since the epoch. */
  readonly slotSeconds: number;
  readonly stream: Labels;
  /** The line with `<_>` where they stood. */
  readonly shape: string;
  readonly lines: number;
}
