import type { Target } from './command.ts';
import { words } from './words.ts';

/** The question could not be asked, or was refused; the message is for the person who asked. */
export class Failed extends Error {}

/** What a question needs of the terminal it was asked at. */
export interface Terminal {
  readonly nowMs: number;
  /** The answer. */
  readonly print: (text: string) => void;
  /** What is said beside it, on stderr. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export async function getJson<T>(
  { server, tenant }: Target,
  path: string,
  params: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<T> {
  const url = `${server}${path}?${new URLSearchParams(params)}`;
  const headers = { 'x-scope-orgid': tenant, accept: 'application/json' };
  const unreachable = (error: Error): never => {
    if (signal.aborted) throw error;
    throw new Failed(words.unreachable(server, reasonOf(error)));
  };
  const response = await fetch(url, { headers, signal }).catch(unreachable);
  const body = await response.text().catch(unreachable);
  if (!response.ok) throw new Failed(words.refused(response.status, messageOf(body)));
  try {
    return JSON.parse(body) as T;
  } catch (cause) {
    throw new Failed(words.notFarol(server), { cause });
  }
}

function reasonOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError) return (cause.errors[0] as Error).message;
  return cause instanceof Error ? cause.message : error.message;
}

/** Prometheus says it in `error`, Loki in `message`, Farol in `error.message`; Tempo in plain words. */
function messageOf(body: string): string {
  try {
    const { error, message } = JSON.parse(body) as { error?: string | { message: string }; message?: string };
    const said = typeof error === 'object' ? error.message : (error ?? message);
    return said ?? body;
  } catch {
    return body.trim();
  }
}
