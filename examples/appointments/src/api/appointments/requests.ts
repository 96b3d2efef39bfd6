/** Parses what callers send, at the border: past these functions everything has its type and makes sense. */
import { BadRequestException } from '@nestjs/common';

export interface Booking {
  readonly doctorId: number;
  readonly patientId: number;
  readonly startsAt: Date;
  readonly reason: string;
}

export interface Listing {
  readonly first: Date;
  readonly last: Date;
  readonly doctorId?: number;
}

const reasonCharsMax = 200;
const dayMs = 86_400_000;

export function parseBooking(body: unknown): Booking {
  if (typeof body !== 'object' || body === null) throw new BadRequestException('the body must be a JSON object');
  const { doctorId, patientId, startsAt, reason } = body as Record<string, unknown>;
  const start = typeof startsAt === 'string' ? new Date(startsAt) : new Date(Number.NaN);
  if (Number.isNaN(start.getTime())) throw new BadRequestException('startsAt must be a date and time in ISO 8601');
  if (typeof reason !== 'string' || reason.length > reasonCharsMax)
    throw new BadRequestException(`reason must be text of at most ${reasonCharsMax} characters`);
  return {
    doctorId: parseId('doctorId', doctorId),
    patientId: parseId('patientId', patientId),
    startsAt: start,
    reason,
  };
}

export function parseListing(query: { day?: string; doctor?: string }): Listing {
  const first = query.day ? new Date(`${query.day}T00:00:00Z`) : new Date(Math.floor(Date.now() / dayMs) * dayMs);
  if (Number.isNaN(first.getTime())) throw new BadRequestException('day must look like 2026-01-31');
  const doctorId = query.doctor ? parseId('doctor', query.doctor) : undefined;
  return { first, last: new Date(first.getTime() + dayMs), doctorId };
}

export function parseId(name: string, value: unknown): number {
  const id = Number(value);
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647)
    throw new BadRequestException(`${name} must be a positive integer`);
  return id;
}
