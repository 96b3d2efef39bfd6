/** Loki streams → log rows. The service is found as Loki finds it; level and trace are read from labels, metadata or line. */
import {
  type Labels,
  type Limits,
  type LogRow,
  labelsFrom,
  labelValue,
  noAttributes,
  type Resource,
  type Scope,
} from '#model';
import { attributesRefused } from './attributelimits.ts';
import { type LabelFault, labelsFault } from './labelset.ts';
import { levelOfText } from './level.ts';
import { completed, lineRefused } from './logs.ts';
import { unknownService } from './resource.ts';
import { excerpt, type Tally } from './tally.ts';
import { nsToMs, outsideWindow, type Window, windowFault } from './window.ts';
import type { WireEntry, WireStream } from './wire.ts';

export interface StreamContext {
  readonly tenant: string;
  readonly window: Window;
  readonly limits: Limits['receive'];
}

export function streamRowsOf(streams: readonly WireStream[], context: StreamContext, tally: Tally): LogRow[] {
  const rows: LogRow[] = [];
  for (const { labels, entries } of streams) {
    tally.receive(entries.length);
    const stream = withService(labelsFrom(labels));
    const fault = streamFault(labels, stream, context.limits);
    if (fault) {
      if (entries.length > 0) tally.reject(fault.reason, entries.length, () => fault.example);
      continue;
    }
    for (const entry of entries) if (!isRefused(entry, context, tally)) rows.push(rowOf(entry, stream, context));
  }
  return rows;
}

/** Loki's `discover_service_name`, in its order. */
const serviceLabels = [
  'service_name',
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
];

function serviceIn(labels: Labels): string {
  for (const name of serviceLabels) {
    const value = labelValue(labels, name);
    if (value !== '') return value;
  }
  return unknownService;
}

function withService(labels: Labels): Labels {
  if (labelValue(labels, 'service_name') !== '') return labels;
  const pairs: [string, string][] = [['service_name', serviceIn(labels)]];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? '', labels[i + 1] ?? '']);
  return labelsFrom(pairs);
}

function streamFault(
  sent: readonly (readonly [string, string])[],
  stream: Labels,
  limits: Limits['receive'],
): LabelFault | undefined {
  if (!sent.some(([, value]) => value !== '')) {
    return { reason: 'missing_labels', example: 'a stream has no labels; send at least one' };
  }
  const seen = new Set<string>();
  for (const [name] of sent) {
    if (!isLokiName(name)) {
      return {
        reason: 'invalid_label_name',
        example: `stream label ${excerpt(name)} is not a name; use letters, digits and "_", not starting with a digit`,
      };
    }
    if (seen.has(name)) {
      return { reason: 'duplicate_label', example: `a stream has label ${excerpt(name)} twice; send each label once` };
    }
    seen.add(name);
  }
  return labelsFault(stream, limits);
}

function isLokiName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

const noResource: Resource = { attributes: noAttributes, schemaUrl: '', droppedAttributes: 0 };
const noScope: Scope = { name: '', version: '', schemaUrl: '', attributes: noAttributes, droppedAttributes: 0 };

function rowOf(entry: WireEntry, stream: Labels, { tenant }: StreamContext): LogRow {
  const labelled = levelOfText(labelValue(stream, 'level') || labelValue(stream, 'detected_level'));
  const said = completed({ level: labelled, traceId: '', spanId: '' }, entry.metadata, entry.line);
  return {
    tenant,
    service: labelValue(stream, 'service_name'),
    timeNs: entry.timeNs,
    observedNs: 0n,
    severityNumber: 0,
    severityText: '',
    level: said.level,
    body: entry.line,
    bodyType: 'string',
    traceId: said.traceId,
    spanId: said.spanId,
    flags: 0,
    eventName: '',
    stream,
    resource: noResource,
    scope: noScope,
    attributes: entry.metadata,
    droppedAttributes: 0,
  };
}

function isRefused(entry: WireEntry, { window, limits }: StreamContext, tally: Tally): boolean {
  const timeMs = nsToMs(entry.timeNs);
  if (outsideWindow(timeMs, window)) {
    const fault = windowFault(timeMs, window, 'a log line');
    // Loki's names for the two.
    tally.reject(fault.reason === 'too_old' ? 'greater_than_max_sample_age' : fault.reason, 1, fault.example);
    return true;
  }
  return lineRefused(entry.line, limits, tally) || attributesRefused(entry.metadata, limits, tally, () => 'a log line');
}
