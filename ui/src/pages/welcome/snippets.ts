import type { Words } from '../../i18n/words.ts';

/** What to paste, with this server's own addresses filled in. Pure. */
export interface Addresses {
  readonly http: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
}

export interface Step {
  readonly title: string;
  readonly code?: string;
  readonly hint?: string;
}

export interface Recipe {
  readonly id: 'node' | 'go' | 'python' | 'prometheus' | 'loki' | 'curl' | 'grafana';
  readonly title: string;
  readonly steps: readonly Step[];
}

export function recipesFor(addresses: Addresses, words: Words): readonly Recipe[] {
  return [
    { id: 'node', title: words.nodeTitle, steps: nodeSteps(addresses, words) },
    { id: 'go', title: words.goTitle, steps: goSteps(addresses, words) },
    { id: 'python', title: words.pythonTitle, steps: pythonSteps(addresses, words) },
    { id: 'prometheus', title: words.prometheusTitle, steps: prometheusSteps(addresses, words) },
    { id: 'loki', title: words.lokiTitle, steps: lokiSteps(addresses, words) },
    { id: 'curl', title: words.curlTitle, steps: [{ title: words.curlHint, code: curlSpan(addresses) }] },
    {
      id: 'grafana',
      title: words.grafanaTitle,
      steps: [{ title: words.grafanaHint, code: grafanaSources(addresses) }],
    },
  ];
}

function environment(addresses: Addresses, service: string): string {
  return `export OTEL_SERVICE_NAME=${service}
export OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.otlpHttp}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=dev,service.version=1.0.0`;
}

function nodeSteps(addresses: Addresses, words: Words): readonly Step[] {
  return [
    { title: words.stepInstall, code: 'npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node' },
    {
      title: words.stepEnvironment,
      code: `${environment(addresses, 'my-api')}
export OTEL_METRICS_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp
export OTEL_METRIC_EXPORT_INTERVAL=10000
export NODE_OPTIONS="--import @opentelemetry/auto-instrumentations-node/register"`,
      hint: words.nodeStartHint,
    },
    { title: words.stepStart, code: 'node dist/main.js', hint: words.nodeLogsHint },
  ];
}

function goSteps(addresses: Addresses, words: Words): readonly Step[] {
  return [
    {
      title: words.stepInstall,
      code: `go get go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/sdk/metric \\
  go.opentelemetry.io/contrib/exporters/autoexport \\
  go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp`,
    },
    {
      title: words.stepEnvironment,
      code: `${environment(addresses, 'my-api')}\nexport OTEL_METRIC_EXPORT_INTERVAL=10000`,
    },
    {
      title: words.stepCode,
      hint: words.goCodeHint,
      code: `func telemetry(ctx context.Context) (func(), error) {
	spans, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, err
	}
	reader, err := autoexport.NewMetricReader(ctx)
	if err != nil {
		return nil, err
	}
	tracer := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans))
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	otel.SetTracerProvider(tracer)
	otel.SetMeterProvider(meter)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return func() { _ = tracer.Shutdown(ctx); _ = meter.Shutdown(ctx) }, nil
}

// http.ListenAndServe(":8080", otelhttp.NewHandler(mux, "http"))`,
    },
  ];
}

function pythonSteps(addresses: Addresses, words: Words): readonly Step[] {
  return [
    {
      title: words.stepInstall,
      code: 'pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install',
    },
    {
      title: words.stepEnvironment,
      code: `${environment(addresses, 'my-api')}
export OTEL_METRIC_EXPORT_INTERVAL=10000
export OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true
export OTEL_LOGS_EXPORTER=otlp`,
    },
    { title: words.stepStart, code: 'opentelemetry-instrument python app.py', hint: words.pythonStartHint },
  ];
}

function prometheusSteps(addresses: Addresses, words: Words): readonly Step[] {
  return [
    {
      title: 'remote_write',
      hint: words.prometheusWriteHint,
      code: `remote_write:\n  - url: ${addresses.http}/prometheus/api/v1/write\n    send_exemplars: true`,
    },
    {
      title: 'scrape_configs',
      hint: words.prometheusScrapeHint,
      code: `# prometheus.yml
scrape_configs:
  - job_name: node
    scrape_interval: 15s
    static_configs:
      - targets: ["localhost:9100"]

# npm start -- --scrape-config prometheus.yml`,
    },
  ];
}

function lokiSteps(addresses: Addresses, words: Words): readonly Step[] {
  return [
    { title: 'promtail', hint: words.lokiPromtailHint, code: `clients:\n  - url: ${addresses.http}/loki/api/v1/push` },
    {
      title: 'pino-loki',
      hint: words.lokiPinoHint,
      code: `import pino from 'pino';

export const log = pino(
  pino.transport({
    target: 'pino-loki',
    options: { host: '${addresses.http}', labels: { service_name: 'my-api' }, batching: { interval: 2 } },
  }),
);`,
    },
  ];
}

function curlSpan(addresses: Addresses): string {
  return `curl -s ${addresses.otlpHttp}/v1/traces -H 'content-type: application/json' -d '{
  "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "hello" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",
      "name": "hello, lighthouse", "kind": 2,
      "startTimeUnixNano": "'$(date +%s)'000000000", "endTimeUnixNano": "'$(date +%s)'250000000"
    }] }]
  }]
}'`;
}

function grafanaSources(addresses: Addresses): string {
  return `Prometheus   ${addresses.http}/prometheus
Jaeger       ${addresses.http}/jaeger`;
}
