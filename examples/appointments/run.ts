/**
 * The appointments example, started and stopped as one: Postgres, the notifications service, the API, and the world
 * around them (traffic, SMS gateway, faults). `node run.ts` runs it against OTEL_EXPORTER_OTLP_ENDPOINT; Farol's demo
 * calls `startAppointments`.
 */
import { buildIfStale } from './run/build.ts';
import { type RunningDatabase, startDatabase } from './run/database.ts';
import { type Running, startProcess } from './run/processes.ts';
import type { FromWorld, ToWorld } from './src/world/main.ts';

export interface AppointmentsOptions {
  /** Base address of an OTLP/HTTP receiver, `http://127.0.0.1:4318`; `/v1/traces` and its siblings are appended. */
  readonly otlpEndpoint: string;
  /** Told short sentences for people: what started, what was deployed, which fault comes and goes. */
  readonly log?: (sentence: string) => void;
  /** 0 picks a free port. Default 0. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Whether faults come and go by themselves. Default true. */
  readonly faults?: boolean;
  /** Mean over the eight-minute day. Default 10; 0 sends no traffic. */
  readonly requestsPerSecond?: number;
  /** The same seed gives the same order of faults and visits. Default 1. */
  readonly seed?: number;
}

export interface Appointments {
  readonly apiUrl: string;
  readonly controlUrl: string;
  /** Ends every process and removes what they left. Idempotent. */
  stop(): Promise<void>;
}

interface Release {
  readonly version: string;
  readonly change: string;
}

export async function startAppointments(options: AppointmentsOptions): Promise<Appointments> {
  const log = options.log ?? (() => {});
  const stops: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  const onDeath = (reason: string) => {
    log(reason);
    void stop(); // One process less is no system: the others end with it.
  };
  try {
    return { ...(await startAll({ options, log, stops, onDeath })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly options: AppointmentsOptions;
  readonly log: (sentence: string) => void;
  /** Filled as things start, and run backwards. */
  readonly stops: (() => Promise<void>)[];
  readonly onDeath: (reason: string) => void;
}

async function startAll({ options, log, stops, onDeath }: Starting): Promise<{ apiUrl: string; controlUrl: string }> {
  if ((await buildIfStale()) === 'built') log('built the appointments example');
  const database = await startDatabase(onDeath);
  stops.push(database.stop);

  let deploy = (_release: Release) => {};
  const world = await startWorld({ options, database, onDeath, log, deploy: (release) => deploy(release) });
  stops.push(world.stop);

  const notifications = await startNotifications({ options, gatewayPort: world.ready.gatewayPort ?? 0, onDeath });
  stops.push(notifications.stop);

  const needs = { options, database, notifications, onDeath };
  let api = await startApi({ ...needs, release: { version: '1.4.2', change: 'none' }, port: options.port ?? 0 });
  const { port } = api.ready;
  // When all of it stops, the traffic stops first, and a deploy under way comes to its end.
  let deploying = Promise.resolve();
  stops.push(async () => {
    await world.stop();
    await deploying;
    await api.stop();
  });

  deploy = (release) => {
    deploying = redeploy().catch((error: Error) => onDeath(`deploying ${release.version} failed: ${error.message}`));
    async function redeploy() {
      await api.stop();
      api = await startApi({ ...needs, release, port });
      log(`deployed appointments-api ${release.version}`);
      world.send({ kind: 'deployed' } satisfies ToWorld);
    }
  };
  const apiUrl = `http://127.0.0.1:${port}`;
  world.send({
    kind: 'begin',
    apiUrl,
    schedule: options.faults ?? true,
    requestsPerSecond: options.requestsPerSecond ?? 10,
  } satisfies ToWorld);
  const controlUrl = `http://127.0.0.1:${world.ready.port}`;
  log(`the clinic's API is at ${apiUrl}; force a fault with curl -X POST ${controlUrl}/faults/slow-query`);
  return { apiUrl, controlUrl };
}

interface Needs {
  readonly options: AppointmentsOptions;
  readonly database: RunningDatabase;
  readonly onDeath: (reason: string) => void;
}

function startWorld(needs: Needs & Pick<Starting, 'log'> & { deploy: (release: Release) => void }): Promise<Running> {
  const { options, database, onDeath, log, deploy } = needs;
  return startProcess({
    name: 'the world',
    script: 'world/main.js',
    instrumented: false,
    heapMegabytesMax: 48,
    environment: {
      PORT: String(options.controlPort ?? 0),
      APPOINTMENTS_SEED: String(options.seed ?? 1),
      DATABASE_PID: String(database.pid),
      DATABASE_DIR: database.dir,
    },
    onMessage: (message) => {
      const said = message as FromWorld;
      if (said.kind === 'say') log(said.sentence);
      if (said.kind === 'deploy') deploy(said);
    },
    onDeath,
  });
}

function startNotifications(needs: Omit<Needs, 'database'> & { gatewayPort: number }): Promise<Running> {
  return startProcess({
    name: 'notifications',
    script: 'notifications/main.js',
    instrumented: true,
    heapMegabytesMax: 72,
    environment: {
      ...telemetryOf('notifications', '2.1.0', needs.options.otlpEndpoint),
      PORT: '0',
      SMS_GATEWAY_URL: `http://127.0.0.1:${needs.gatewayPort}`,
    },
    onDeath: needs.onDeath,
  });
}

function startApi(needs: Needs & { notifications: Running; release: Release; port: number }): Promise<Running> {
  const { version, change } = needs.release;
  return startProcess({
    name: 'the API',
    script: 'api/main.js',
    instrumented: true,
    heapMegabytesMax: 96,
    environment: {
      ...telemetryOf('appointments-api', version, needs.options.otlpEndpoint),
      PORT: String(needs.port),
      RELEASE_VERSION: version,
      RELEASE_CHANGE: change,
      DATABASE_URL: needs.database.url,
      NOTIFICATIONS_URL: `http://127.0.0.1:${needs.notifications.ready.port}`,
    },
    onDeath: needs.onDeath,
  });
}

/** Nothing but OpenTelemetry's own variables: any OTLP backend will do. */
function telemetryOf(service: string, version: string, endpoint: string): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: `service.namespace=clinic,service.version=${version},deployment.environment.name=demo`,
    OTEL_NODE_RESOURCE_DETECTORS: 'service,host,process',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: process.env.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
    // Shorter than the defaults, so that a newcomer sees data within seconds.
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    OTEL_METRIC_EXPORT_TIMEOUT: '4000',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    OTEL_BLRP_SCHEDULE_DELAY: '1000',
  };
}

/** Backwards: nobody should miss what it needs while it is still running. */
async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

if (import.meta.main) {
  const say = (sentence: string) => console.log(`${new Date().toTimeString().slice(0, 8)} ${sentence}`);
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
  say(`telemetry goes to ${endpoint}`);
  const appointments = await startAppointments({
    otlpEndpoint: endpoint,
    log: say,
    port: Number(process.env.PORT ?? 0),
    controlPort: Number(process.env.CONTROL_PORT ?? 0),
    faults: process.env.FAULTS !== 'off',
    requestsPerSecond: Number(process.env.REQUESTS_PER_SECOND ?? 10),
    seed: Number(process.env.SEED ?? 1),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void appointments.stop().then(() => process.exit(0)));
  }
}
