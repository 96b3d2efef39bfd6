/**
 * The metrics that are made of spans: Tempo's metrics-generator's names, labels and buckets, so that what was made for
 * it (Grafana's service graph, people's dashboards and alerts) finds them here.
 * Source: grafana.com/docs/tempo, "metrics from traces".
 */
import { type Labels, labelPairs, labelsFrom, type MetadataRow } from '#model';

/** Metrics that share their label sets, and so are counted together. */
export interface Family {
  readonly name: FamilyName;
  readonly counters: readonly Described[];
  readonly timings: readonly TimingFamily[];
}

type FamilyName = 'spans' | 'graph' | 'unpaired';

interface Described {
  readonly metric: string;
  readonly help: string;
}

export interface TimingFamily extends Described {
  /** Upper bounds in seconds, ascending; `+Inf` is not among them. */
  readonly bounds: readonly number[];
}

const doubling = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first * 2 ** i);

/** By `service`, `span_name`, `span_kind`, `status_code`; `service_name` besides, as every series of Farol has it. */
export const spanFamily: Family = {
  name: 'spans',
  counters: [
    { metric: 'traces_spanmetrics_calls_total', help: 'Spans, by what they did.' },
    { metric: 'traces_spanmetrics_size_total', help: 'Bytes of spans, as protobuf has them.' },
  ],
  timings: [
    {
      metric: 'traces_spanmetrics_latency',
      help: 'How long spans took, in seconds.',
      bounds: doubling(0.002, 14),
    },
  ],
};

const requestBounds = doubling(0.1, 8);

/** By `client`, `server`, `connection_type`. */
export const graphFamily: Family = {
  name: 'graph',
  counters: [
    { metric: 'traces_service_graph_request_total', help: 'Requests between two nodes.' },
    { metric: 'traces_service_graph_request_failed_total', help: 'Requests between two nodes that failed.' },
  ],
  timings: [
    {
      metric: 'traces_service_graph_request_server_seconds',
      help: 'Requests between two nodes, as long as the server saw them.',
      bounds: requestBounds,
    },
    {
      metric: 'traces_service_graph_request_client_seconds',
      help: 'Requests between two nodes, as long as the client saw them.',
      bounds: requestBounds,
    },
  ],
};

/** By `client` or `server`, whichever came. */
export const unpairedFamily: Family = {
  name: 'unpaired',
  counters: [
    {
      metric: 'traces_service_graph_unpaired_spans_total',
      help: 'Spans whose other side did not come in limits.spanMetrics.pairMsMax.',
    },
    {
      metric: 'traces_service_graph_dropped_spans_total',
      help: 'Spans that could not wait for their other side, for want of room or time.',
    },
  ],
  timings: [],
};

export const familyMetadata: readonly MetadataRow[] = [spanFamily, graphFamily, unpairedFamily].flatMap((family) => [
  ...family.counters.map(({ metric, help }) => ({ metric, help, unit: '', type: 'counter' as const })),
  ...family.timings.map(({ metric, help }) => ({ metric, help, unit: 'seconds', type: 'histogram' as const })),
]);

/** How many series one label set makes. */
export function seriesPerSet({ counters, timings }: Family): number {
  return counters.length + timings.reduce((sum, { bounds }) => sum + bounds.length + 3, 0);
}

/**
 * The names of a label set's series, each with its `le` where it is a bucket: the counters; then of each timing the
 * buckets (the last is `+Inf`), the sum and the count.
 */
export function seriesNames({ counters, timings }: Family): { metric: string; le?: string }[] {
  return [
    ...counters.map(({ metric }) => ({ metric })),
    ...timings.flatMap(({ metric, bounds }) => [
      ...[...bounds.map(String), '+Inf'].map((le) => ({ metric: `${metric}_bucket`, le })),
      { metric: `${metric}_sum` },
      { metric: `${metric}_count` },
    ]),
  ];
}

/**
 * `base` has neither name nor `le`. `instance` tells apart the sums of several Farols that write to one store, by the
 * label that Tempo has for it; '' where there is only one.
 */
export function seriesLabels(base: Labels, name: { metric: string; le?: string }, instance: string): Labels {
  return labelsFrom([
    ...labelPairs(base),
    ['__name__', name.metric],
    ['le', name.le ?? ''],
    ['__metrics_gen_instance', instance],
  ]);
}
