import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { Response } from 'express';
import { PinoLogger } from 'nestjs-pino';

/** Turns whatever a handler threw into an answer, and logs what was our fault with its stack. */
@Catch()
export class Problems implements ExceptionFilter {
  constructor(@Inject(PinoLogger) private readonly log: PinoLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500) this.log.error({ err: error }, `request failed: ${messageOf(error)}`);
    const response = host.switchToHttp().getResponse<Response>();
    const traceId = trace.getActiveSpan()?.spanContext().traceId;
    response.status(status).json({ status, message: status === 500 ? 'internal error' : messageOf(error), traceId });
  }
}

/** Prisma's messages end with what matters and begin with a picture of the call site. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.trim().split('\n').at(-1) ?? error.name;
}
