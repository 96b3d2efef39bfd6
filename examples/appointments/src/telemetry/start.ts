/**
 * Switches OpenTelemetry on before any of the application's code loads: `node --import ./dist/telemetry/start.js …`.
 * Where it sends, how often and under what name are the standard `OTEL_*` environment variables, so the same build
 * reports to Farol, to a collector, or to any other OTLP backend.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HostMetrics } from '@opentelemetry/host-metrics';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import { register } from 'import-in-the-middle/register-hooks.mjs';

// The instrumented packages are loaded with `import`; this hook lets the instrumentations see them.
register();

const sdk = startNodeSdk({
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => request.url === '/healthz' }),
    // Express tells the route. Its spans per layer time only the synchronous part: the handler spans are the API's own.
    new ExpressInstrumentation({ ignoreLayersType: Object.values(ExpressLayerType) }),
    new UndiciInstrumentation(),
    // Prisma says which model and method; the driver below it says which SQL, how long, and whether it failed.
    new PrismaInstrumentation({ ignoreSpanTypes: ['prisma:client:db_query', 'prisma:client:serialize'] }),
    new PgInstrumentation({ requireParentSpan: true }),
    new PinoInstrumentation(),
    new RuntimeNodeInstrumentation({ monitoringPrecision: 20 }),
  ],
});
new HostMetrics({ metricGroups: ['process.cpu', 'process.memory'] }).start();

const flushMsMax = 2_000;
let stopping: Promise<void> | undefined;

/** Sends what is still queued, unless nobody takes it. The application calls it last; calling it twice is harmless. */
export function stopTelemetry(): Promise<void> {
  stopping ??= Promise.race([sdk.shutdown(), sleep(flushMsMax, undefined, { ref: false })]);
  return stopping;
}
