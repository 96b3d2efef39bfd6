import { BadGatewayException, Inject, Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Traced } from '../observability/traced.ts';

const answerMsMax = 10_000;

export interface Notice {
  readonly appointmentId: number;
  readonly phone: string;
  readonly text: string;
}

/** Asks the notifications service to tell a patient, and waits for its word that it did. */
@Injectable()
export class Notifier {
  constructor(@Inject(PinoLogger) private readonly log: PinoLogger) {}

  @Traced()
  async tell(notice: Notice): Promise<void> {
    const response = await fetch(`${process.env.NOTIFICATIONS_URL}/notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const answer = await response.text();
    if (response.ok) return;
    this.log.warn({ appointmentId: notice.appointmentId, status: response.status, answer }, 'notifications refused');
    throw new BadGatewayException(`notifications answered ${response.status}: ${answer}`);
  }
}
