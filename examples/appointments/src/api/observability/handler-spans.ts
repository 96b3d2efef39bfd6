import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { defer, from, lastValueFrom, type Observable } from 'rxjs';
import { inSpan } from './traced.ts';

/** One span per handler (`AppointmentsController.create`), between the HTTP request's span and the services'. */
@Injectable()
export class HandlerSpans implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const name = `${context.getClass().name}.${context.getHandler().name}`;
    return defer(() => from(inSpan(name, () => lastValueFrom(next.handle(), { defaultValue: undefined }))));
  }
}
