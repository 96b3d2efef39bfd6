/**
 * The notifications service: tells patients by text message, through the SMS gateway of another company.
 * A failed message is tried once more; a gateway that does not answer is not waited for twice.
 */

import { metrics } from '@opentelemetry/api';
import express, { type NextFunction, type Request, type Response } from 'express';
import pino from 'pino';
import { announce, onStop } from '../lifetime.ts';
import { stopTelemetry } from '../telemetry/start.ts';
import { GatewayRefusal, sendMessage } from './gateway.ts';

const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
const sent = metrics.getMeter('notifications').createCounter('notifications.sent.count', {
  description: 'Messages handed to the SMS gateway, by what became of them.',
  unit: '{message}',
});

const app = express();
app.use(express.json({ limit: '16kb' }));

app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});

app.post('/notifications', async (request, response) => {
  const { appointmentId, phone, text } = request.body as { appointmentId: number; phone: string; text: string };
  await deliver({ phone, text, appointmentId });
  sent.add(1, { outcome: 'delivered' });
  log.info({ appointmentId }, 'patient notified');
  response.status(202).json({ status: 'delivered' });
});

app.use((error: Error, request: Request, response: Response, _next: NextFunction) => {
  sent.add(1, { outcome: 'failed' });
  log.error({ err: error, appointmentId: request.body?.appointmentId }, `patient not notified: ${error.message}`);
  response.status(502).json({ status: 'failed', message: error.message });
});

async function deliver(message: { phone: string; text: string; appointmentId: number }): Promise<void> {
  try {
    await sendMessage(message);
  } catch (error) {
    if (!(error instanceof GatewayRefusal)) throw error;
    log.warn({ appointmentId: message.appointmentId, err: error }, 'SMS gateway refused, trying once more');
    await sendMessage(message);
  }
}

const server = app.listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () => {
  log.info('notifications listen');
  announce(server.address());
});

onStop(async () => {
  server.close();
  server.closeAllConnections();
  await stopTelemetry();
});
