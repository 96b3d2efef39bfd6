/**
 * Metadata of remote write 2.0: told with every series of every request, so what has been told before is recognised by
 * the numbers of its texts, without decoding them.
 */

import type { ProtoCursor } from '#kit';
import type { MetadataRow, MetricType } from '#model';
import { isInvalidText } from './labels.ts';
import type { SenderFacts } from './learner.ts';
import { helpCharsMax, type MetadataMemory, metricTypes, repeatMs } from './metadata.ts';
import type { Symbols } from './symbols.ts';

export interface ReadMetadata2 {
  readonly type: MetricType;
  readonly helpPlace: number;
  readonly unitPlace: number;
}

export function readMetadata2(cursor: ProtoCursor, end: number): ReadMetadata2 {
  let type: MetricType = 'unknown';
  let helpPlace = 0;
  let unitPlace = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) type = metricTypes[cursor.varint(end)] ?? 'unknown';
    else if (tag === 0x18) helpPlace = cursor.varint(end);
    else if (tag === 0x20) unitPlace = cursor.varint(end);
    else cursor.skip(tag, end);
  }
  return { type, helpPlace, unitPlace };
}

export interface NewsAbout {
  readonly symbols: Symbols;
  readonly sender: SenderFacts;
  /** The metric's name; asked only for news. */
  readonly metric: () => string;
}

interface Told {
  readonly type: MetricType;
  readonly help: number;
  readonly unit: number;
  readonly atMs: number;
}

/** Tells news from what was told before; as bounded and as forgetful as the memory of texts behind it. */
export class SeriesMetadata {
  private readonly told = new Map<number, Told>();
  private readonly texts: MetadataMemory;
  private readonly metricsMax: number;

  constructor(texts: MetadataMemory, metricsMax: number) {
    this.texts = texts;
    this.metricsMax = metricsMax;
  }

  /** The row when it is news, undefined when it is not, or what is wrong with its text. `name` is the name's number. */
  news(read: ReadMetadata2, name: number, about: NewsAbout): MetadataRow | string | undefined {
    const { symbols, sender } = about;
    const { type, helpPlace, unitPlace } = read;
    if (type === 'unknown' && helpPlace === 0 && unitPlace === 0) return undefined;
    const { nowMs } = sender.window;
    const key = sender.tenantNumber * 2 ** 31 + name;
    const help = symbols.numberAt(helpPlace);
    const unit = symbols.numberAt(unitPlace);
    const known = this.told.get(key);
    if (known && known.type === type && known.help === help && known.unit === unit && nowMs - known.atMs < repeatMs) {
      return undefined;
    }
    if (this.told.size >= this.metricsMax) this.told.clear();
    this.told.set(key, { type, help, unit, atMs: nowMs });
    return this.decoded(read, about);
  }

  private decoded({ type, helpPlace, unitPlace }: ReadMetadata2, about: NewsAbout): MetadataRow | string | undefined {
    const { symbols, sender } = about;
    try {
      const row = {
        metric: familyOf(about.metric(), type),
        type,
        unit: symbols.textAt(unitPlace),
        help: symbols.textAt(helpPlace).slice(0, helpCharsMax),
      };
      return this.texts.isNews(sender.tenant, row, sender.window.nowMs) ? row : undefined;
    } catch (error) {
      if (isInvalidText(error)) return error.message;
      throw error;
    }
  }
}

const partSuffixes: Partial<Record<MetricType, RegExp>> = {
  histogram: /_(bucket|count|sum)$/,
  gaugehistogram: /_(bucket|g?count|g?sum)$/,
  summary: /_(count|sum)$/,
};

/** A classic histogram's series are told one by one; metadata belongs to the family. */
function familyOf(metric: string, type: MetricType): string {
  const suffix = partSuffixes[type];
  return suffix ? metric.replace(suffix, '') : metric;
}
