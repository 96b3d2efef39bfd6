import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('appointments');

/** What the business counts. The runtime's, HTTP's and the pool's metrics come from the instrumentations. */
@Injectable()
export class AppointmentMetrics {
  private readonly createdCount = meter.createCounter('appointments.created.count', {
    description: 'Appointments booked and confirmed to the patient.',
    unit: '{appointment}',
  });
  private readonly cancelledCount = meter.createCounter('appointments.cancelled.count', {
    description: 'Appointments cancelled by the patient.',
    unit: '{appointment}',
  });
  private readonly unconfirmedCount = meter.createCounter('appointments.unconfirmed.count', {
    description: 'Bookings given up because the patient could not be told.',
    unit: '{appointment}',
  });

  created(specialty: string): void {
    this.createdCount.add(1, { specialty });
  }

  cancelled(): void {
    this.cancelledCount.add(1);
  }

  unconfirmed(reason: string): void {
    this.unconfirmedCount.add(1, { reason });
  }
}
