import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Database } from '../database/database.ts';

const patientsPerPage = 20;

@Controller()
export class PeopleController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('doctors')
  doctors(@Query('specialty') specialty?: string) {
    return this.database.client.doctor.findMany({ where: { specialty }, orderBy: { name: 'asc' } });
  }

  @Get('patients')
  patients(@Query('name') name = '') {
    return this.database.client.patient.findMany({
      where: { name: { startsWith: name } },
      orderBy: { id: 'asc' },
      take: patientsPerPage,
    });
  }
}
