import { attributesFromOtlp } from '../stored/index.ts';
import { attributeOf } from './span.ts';

/** What a failed span says about its failure, in one line: its exception, else its status message, else its HTTP status. */
export function errorText(statusMessage: string, eventsJson: string, httpCode: string): string | undefined {
  const text = exceptionIn(eventsJson) ?? (statusMessage || (httpCode && `HTTP ${httpCode}`));
  return text ? text.slice(0, 300) : undefined;
}

function exceptionIn(eventsJson: string): string | undefined {
  if (!eventsJson.includes('exception')) return undefined;
  const events: unknown = JSON.parse(eventsJson);
  if (!Array.isArray(events)) return undefined;
  const exception = events.findLast((event) => event?.name === 'exception');
  const attributes = attributesFromOtlp(exception?.attributes);
  const parts = [attributeOf(attributes, 'exception.type'), attributeOf(attributes, 'exception.message')];
  return parts.filter(Boolean).join(': ') || undefined;
}
