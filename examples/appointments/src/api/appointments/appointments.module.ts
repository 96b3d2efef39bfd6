import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { NotificationsModule } from '../notifications/notifications.module.ts';
import { ObservabilityModule } from '../observability/observability.module.ts';
import { AppointmentsController } from './appointments.controller.ts';
import { AppointmentsRepository } from './appointments.repository.ts';
import { AppointmentsService } from './appointments.service.ts';

@Module({
  imports: [DatabaseModule, NotificationsModule, ObservabilityModule],
  controllers: [AppointmentsController],
  providers: [AppointmentsService, AppointmentsRepository],
})
export class AppointmentsModule {}
