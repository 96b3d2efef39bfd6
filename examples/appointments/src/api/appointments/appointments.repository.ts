import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.ts';
import { Database } from '../database/database.ts';
import { Traced } from '../observability/traced.ts';
import type { Booking, Listing } from './requests.ts';

const withPeople = { doctor: true, patient: true } as const;
export type Appointment = Prisma.AppointmentGetPayload<{ include: typeof withPeople }>;

const rowsPerListing = 40;

@Injectable()
export class AppointmentsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Takes the slot; `during`, when given, runs before the transaction is committed. */
  @Traced()
  async reserve(booking: Booking, during?: (reserved: Appointment) => Promise<void>): Promise<Appointment> {
    try {
      if (!during) return await this.insert(this.database.client, booking);
      return await this.database.client.$transaction(async (transaction) => {
        const reserved = await this.insert(transaction, booking);
        await during(reserved);
        return reserved;
      });
    } catch (error) {
      throw translate(error);
    }
  }

  @Traced()
  async confirm(id: number): Promise<Appointment> {
    return this.database.client.appointment.update({
      where: { id },
      data: { status: 'confirmed' },
      include: withPeople,
    });
  }

  @Traced()
  async list(listing: Listing): Promise<Appointment[]> {
    return this.database.client.appointment.findMany({ ...pageOf(listing), include: withPeople });
  }

  /** The mistake of one release: a query for the page, and two more for every row on it. */
  @Traced()
  async listOneByOne(listing: Listing): Promise<Appointment[]> {
    const { client } = this.database;
    const appointments: Appointment[] = [];
    for (const row of await client.appointment.findMany(pageOf(listing))) {
      const doctor = await client.doctor.findUniqueOrThrow({ where: { id: row.doctorId } });
      const patient = await client.patient.findUniqueOrThrow({ where: { id: row.patientId } });
      appointments.push({ ...row, doctor, patient });
    }
    return appointments;
  }

  /** The mistake of another: a count over the whole history before every listing. */
  @Traced()
  async countClashes({ first, last }: Listing): Promise<number> {
    const [row] = await this.database.client.$queryRaw<[{ clashes: bigint }]>`
      SELECT clashing_appointments(${first}, ${last}) AS clashes`;
    return Number(row.clashes);
  }

  @Traced()
  async find(id: number): Promise<Appointment | undefined> {
    return (await this.database.client.appointment.findUnique({ where: { id }, include: withPeople })) ?? undefined;
  }

  /** False when there was nothing to cancel. */
  @Traced()
  async cancel(id: number): Promise<boolean> {
    const { count } = await this.database.client.appointment.updateMany({
      where: { id, status: { not: 'cancelled' } },
      data: { status: 'cancelled' },
    });
    return count > 0;
  }

  private insert(client: Prisma.TransactionClient, booking: Booking): Promise<Appointment> {
    return client.appointment.create({ data: booking, include: withPeople });
  }
}

function pageOf({ first, last, doctorId }: Listing) {
  return {
    where: { startsAt: { gte: first, lt: last }, doctorId, status: { not: 'cancelled' as const } },
    orderBy: { startsAt: 'asc' as const },
    take: rowsPerListing,
  };
}

function translate(error: unknown): unknown {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  if (error.code === 'P2002') return new ConflictException('that doctor is taken at that hour', { cause: error });
  if (error.code === 'P2003') return new NotFoundException('there is no such doctor or patient', { cause: error });
  return error;
}
