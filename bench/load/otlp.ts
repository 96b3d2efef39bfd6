/** The parts of OTLP's protobuf that spans and logs share. Field numbers: opentelemetry-proto 1.x. */
import type { TemplateWriter } from './template.ts';

export type Attributes = Readonly<Record<string, string | number>>;

export const otlpHeaders = { 'content-type': 'application/x-protobuf', 'user-agent': 'farol-bench' };

export function attributes(into: TemplateWriter, field: number, values: Attributes): void {
  for (const [key, value] of Object.entries(values)) {
    into.message(field, (pair) => {
      pair.text(1, key);
      pair.message(2, (any) => {
        if (typeof value === 'string') any.text(1, value);
        else any.integer(3, value);
      });
    });
  }
}

export function resource(into: TemplateWriter, service: string): void {
  into.message(1, (one) =>
    attributes(one, 1, {
      'service.name': service,
      'service.namespace': 'bench',
      'service.version': '1.4.2',
      'service.instance.id': `${service}-7f9c`,
      'deployment.environment.name': 'bench',
      'host.name': 'node-3',
      'telemetry.sdk.language': 'nodejs',
    }),
  );
}

/** Scope of `instrumentation`, field 1 of ScopeSpans and ScopeLogs. */
export function scope(into: TemplateWriter, instrumentation: string): void {
  into.message(1, (one) => one.text(1, instrumentation).text(2, '0.300.0'));
}
