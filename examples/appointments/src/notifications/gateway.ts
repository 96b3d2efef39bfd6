/** The client of the SMS gateway. */
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';

const answerMsMax = 4_000;
const tracer = trace.getTracer('notifications');

/** The gateway answered, and the answer was no. Another try may fare better. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
}

/** The gateway did not answer in time. */
class GatewayTimeout extends Error {
  override readonly name = 'GatewayTimeout';
}

export function sendMessage(message: { phone: string; text: string }): Promise<void> {
  return tracer.startActiveSpan('sms.send', async (span) => {
    try {
      await post(message);
    } catch (error) {
      record(span, error as Error);
      throw error;
    } finally {
      span.end();
    }
  });
}

async function post(message: { phone: string; text: string }): Promise<void> {
  const response = await fetch(`${process.env.SMS_GATEWAY_URL}/v2/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: message.phone, text: message.text }),
    signal: AbortSignal.timeout(answerMsMax),
  }).catch((error: Error) => {
    if (error.name !== 'TimeoutError') throw error;
    throw new GatewayTimeout(`the SMS gateway did not answer within ${answerMsMax} ms`, { cause: error });
  });
  const answer = await response.text();
  if (!response.ok) throw new GatewayRefusal(`the SMS gateway answered ${response.status}: ${answer}`);
}

function record(span: Span, error: Error): void {
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
