import { Module } from '@nestjs/common';
import { Notifier } from './notifier.ts';

@Module({ providers: [Notifier], exports: [Notifier] })
export class NotificationsModule {}
