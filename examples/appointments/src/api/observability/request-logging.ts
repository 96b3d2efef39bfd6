import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';

/** One line per request, its level by its outcome. `trace_id` and `span_id` are added by the pino instrumentation. */
export const requestLogging: Options = {
  level: process.env.LOG_LEVEL ?? 'info',
  autoLogging: { ignore: (request) => request.url === '/healthz' },
  quietReqLogger: true,
  // The facts below say it in fewer words than the whole request and response.
  serializers: { req: () => undefined, res: () => undefined },
  customLogLevel: (_request, response, error) => {
    if (error || response.statusCode >= 500) return 'error';
    return response.statusCode >= 400 ? 'warn' : 'info';
  },
  customSuccessMessage: sentence,
  customErrorMessage: sentence,
  customSuccessObject: facts,
  // The filter has logged the exception with its stack: this line is about the request.
  customErrorObject: (request, response, _error, value) => facts(request, response, value),
};

function sentence(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method} ${request.url} ${response.statusCode}`;
}

function facts(request: IncomingMessage, response: ServerResponse, { responseTime }: { responseTime?: number }) {
  return { method: request.method, path: request.url, status: response.statusCode, durationMs: responseTime };
}
