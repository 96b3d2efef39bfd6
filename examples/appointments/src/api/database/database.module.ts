import { Module } from '@nestjs/common';
import { Database } from './database.ts';

@Module({ providers: [Database], exports: [Database] })
export class DatabaseModule {}
