import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Notifier } from '../notifications/notifier.ts';
import { AppointmentMetrics } from '../observability/metrics.ts';
import { Traced } from '../observability/traced.ts';
import { release } from '../release.ts';
import { type Appointment, AppointmentsRepository } from './appointments.repository.ts';
import type { Booking, Listing } from './requests.ts';

@Injectable()
export class AppointmentsService {
  constructor(
    @Inject(AppointmentsRepository) private readonly repository: AppointmentsRepository,
    @Inject(Notifier) private readonly notifier: Notifier,
    @Inject(AppointmentMetrics) private readonly metrics: AppointmentMetrics,
    @Inject(PinoLogger) private readonly log: PinoLogger,
  ) {}

  /** Books the slot and tells the patient. A patient who could not be told has no appointment: the slot is free again. */
  @Traced()
  async book(booking: Booking): Promise<Appointment> {
    const appointment = await this.reserveAndTell(booking);
    this.metrics.created(appointment.doctor.specialty);
    this.log.info({ appointmentId: appointment.id, doctorId: booking.doctorId }, 'appointment booked');
    return appointment;
  }

  @Traced()
  async list(listing: Listing): Promise<readonly Appointment[]> {
    if (release.change === 'n-plus-one') return this.repository.listOneByOne(listing);
    if (release.change === 'slow-query') {
      const clashes = await this.repository.countClashes(listing);
      if (clashes > 0) this.log.warn({ clashes }, 'patients with two appointments at once');
    }
    return this.repository.list(listing);
  }

  @Traced()
  async find(id: number): Promise<Appointment> {
    const appointment = await this.repository.find(id);
    if (!appointment) throw new NotFoundException(`there is no appointment ${id}`);
    return appointment;
  }

  @Traced()
  async cancel(id: number): Promise<void> {
    if (!(await this.repository.cancel(id))) throw new NotFoundException(`there is no appointment ${id} to cancel`);
    this.metrics.cancelled();
    this.log.info({ appointmentId: id }, 'appointment cancelled');
  }

  private async reserveAndTell(booking: Booking): Promise<Appointment> {
    // The mistake of one release: the transaction keeps its connection for as long as a text message takes.
    if (release.change === 'notify-in-transaction')
      return this.repository.reserve(booking, (appointment) => this.tell(appointment));
    const reserved = await this.repository.reserve(booking);
    try {
      await this.tell(reserved);
    } catch (error) {
      await this.repository.cancel(reserved.id);
      this.metrics.unconfirmed('notification failed');
      throw error;
    }
    return this.repository.confirm(reserved.id);
  }

  private tell({ id, patient, doctor, startsAt }: Appointment): Promise<void> {
    const text = `${patient.name}, you see ${doctor.name} at ${startsAt.toISOString().slice(0, 16)}.`;
    return this.notifier.tell({ appointmentId: id, phone: patient.phone, text });
  }
}
