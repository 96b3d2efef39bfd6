/** The appointments API. Telemetry was switched on before this file was loaded (see ../telemetry/start.ts). */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { announce, onStop } from '../lifetime.ts';
import { stopTelemetry } from '../telemetry/start.ts';
import { AppointmentsModule } from './appointments/appointments.module.ts';
import { ObservabilityModule } from './observability/observability.module.ts';
import { PeopleModule } from './people/people.module.ts';
import { release } from './release.ts';

@Controller('healthz')
class HealthController {
  @Get()
  health() {
    return { status: 'ok', version: release.version };
  }
}

@Module({
  imports: [ObservabilityModule, AppointmentsModule, PeopleModule],
  controllers: [HealthController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true });
const log = app.get(Logger);
app.useLogger(log);
const server = await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
log.log(`appointments API ${release.version} listens`);

onStop(async () => {
  await app.close();
  await stopTelemetry();
});
announce(server.address());
