import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { PeopleController } from './people.controller.ts';

@Module({ imports: [DatabaseModule], controllers: [PeopleController] })
export class PeopleModule {}
