import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { HandlerSpans } from './handler-spans.ts';
import { AppointmentMetrics } from './metrics.ts';
import { Problems } from './problems.ts';
import { requestLogging } from './request-logging.ts';
import { traceHeaders } from './trace-headers.ts';

/** Everything the API does to be seen: handler spans, business metrics, logs with trace ids, the trace id in answers. */
@Module({
  imports: [LoggerModule.forRoot({ pinoHttp: requestLogging })],
  providers: [
    AppointmentMetrics,
    { provide: APP_INTERCEPTOR, useClass: HandlerSpans },
    { provide: APP_FILTER, useClass: Problems },
  ],
  exports: [AppointmentMetrics],
})
export class ObservabilityModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(traceHeaders).forRoutes('{*path}');
  }
}
