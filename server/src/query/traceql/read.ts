import {
  checkQuery,
  type MetricsExpr,
  type Pipeline,
  parseQuery,
  type Query,
  TraceqlSyntaxError,
} from '@farol/traceql';
import { type Limits, Refusal } from '#model';
import { patternProblem } from './patterns.ts';

/** Reads and checks a query. Refuses with BAD_REQUEST, and with UNSUPPORTED what TraceQL itself keeps for later. */
export function readQuery(text: string, limits: Limits['query']): Query {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.textBytesMax) {
    throw new Refusal(`the query is ${bytes} bytes, limits.query.textBytesMax is ${limits.textBytesMax}; shorten it`, {
      code: 'BAD_REQUEST',
    });
  }
  const query = parsed(text, limits);
  const problem = checkQuery(query, patternProblem);
  if (problem !== undefined) throw invalid(problem.text);
  return query;
}

function parsed(text: string, limits: Limits['query']): Query {
  try {
    return parseQuery(text, { depthMax: limits.depthMax });
  } catch (cause) {
    if (cause instanceof TraceqlSyntaxError) throw invalid(cause.message, cause);
    throw cause;
  }
}

const invalid = (why: string, cause?: unknown): Refusal =>
  new Refusal(`invalid TraceQL query: ${why}`, { code: 'BAD_REQUEST', cause });

/** A query for traces. */
export function searchPipeline({ body }: Query): Pipeline {
  if (body.kind === 'pipeline') return body;
  throw new Refusal('this query computes series; ask /tempo/api/metrics/query_range for it', { code: 'BAD_REQUEST' });
}

/** A query for series. */
export function metricsOf({ body }: Query): MetricsExpr {
  if (body.kind === 'metrics' || body.kind === 'math' || body.kind === 'scaled') return body;
  throw new Refusal('not a metrics query: it needs a stage that makes series, as `| rate()`', { code: 'BAD_REQUEST' });
}
