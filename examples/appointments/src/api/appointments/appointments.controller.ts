import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { AppointmentsService } from './appointments.service.ts';
import { parseBooking, parseId, parseListing } from './requests.ts';

@Controller('appointments')
export class AppointmentsController {
  constructor(@Inject(AppointmentsService) private readonly appointments: AppointmentsService) {}

  @Post()
  create(@Body() body: unknown) {
    return this.appointments.book(parseBooking(body));
  }

  @Get()
  list(@Query() query: { day?: string; doctor?: string }) {
    return this.appointments.list(parseListing(query));
  }

  @Get(':id')
  find(@Param('id') id: string) {
    return this.appointments.find(parseId('id', id));
  }

  @Delete(':id')
  @HttpCode(204)
  cancel(@Param('id') id: string) {
    return this.appointments.cancel(parseId('id', id));
  }
}
