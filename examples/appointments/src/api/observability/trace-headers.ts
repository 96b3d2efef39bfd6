import { trace } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';

/** Tells every caller which trace was theirs, so that a support ticket can name it. */
export function traceHeaders(_request: Request, response: Response, next: NextFunction): void {
  const span = trace.getActiveSpan()?.spanContext();
  if (span) response.setHeader('x-trace-id', span.traceId).setHeader('x-span-id', span.spanId);
  next();
}
