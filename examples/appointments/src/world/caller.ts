/** Calls the API over a few kept connections. While a release is going out, callers wait at the door. */
import { Agent, request } from 'node:http';

export interface Reply {
  /** 0 when nobody answered. */
  readonly status: number;
  readonly body: string;
}

export type Caller = (method: string, path: string, body?: object) => Promise<Reply>;

const answerMsMax = 20_000;

export function createCaller(apiUrl: string, door: { readonly open: Promise<void> }): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return async (method, path, body) => {
    await door.open;
    return new Promise((resolve) => {
      const text = body && JSON.stringify(body);
      const headers = text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {};
      const nobody = () => resolve({ status: 0, body: '' });
      const call = request(`${apiUrl}${path}`, { method, headers, agent, timeout: answerMsMax }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          answer += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
        response.on('error', nobody);
      });
      call.on('timeout', () => call.destroy());
      call.on('error', nobody);
      call.end(text);
    });
  };
}
