/** Where the items of the three requests lie: what a large body is cut by. */
import type { Signal } from '#kit';
import type { Shape } from '../cut/index.ts';

const item: Shape = {};

/** `ResourceSpans` and `ResourceLogs` alike: 1 groups, 2 scopes, 2 items. */
const records: Shape = { 10: { 18: { 18: item } } };

/** Metrics have one more step: gauge 5, sum 7, histogram 9, exponential histogram 10, summary 11, each with 1 data points. */
const points: Shape = { 10: item };
const metric: Shape = { 42: points, 58: points, 74: points, 82: points, 90: points };

export const protobufShapes: Readonly<Record<Signal, Shape>> = {
  traces: records,
  logs: records,
  metrics: { 10: { 18: { 18: metric } } },
};

const dataPoints: Shape = { dataPoints: item };
const metrics: Shape = {
  gauge: dataPoints,
  sum: dataPoints,
  histogram: dataPoints,
  exponentialHistogram: dataPoints,
  summary: dataPoints,
};

export const jsonShapes: Readonly<Record<Signal, Shape>> = {
  traces: { resourceSpans: { scopeSpans: { spans: item } } },
  logs: { resourceLogs: { scopeLogs: { logRecords: item } } },
  metrics: { resourceMetrics: { scopeMetrics: { metrics } } },
};
