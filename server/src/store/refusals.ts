/** ClickHouse's exceptions and the network's errors, as refusals. No SQL of anybody is ever repeated to a client. */
import { Refusal, type RefusalCode } from '#model';

/** ClickHouse error codes by what they mean to the one who asked (src/Common/ErrorCodes.cpp). */
const byClickHouseCode: Record<number, RefusalCode> = {
  158: 'QUERY_TOO_LARGE', // TOO_MANY_ROWS
  159: 'QUERY_TIMEOUT', // TIMEOUT_EXCEEDED
  160: 'QUERY_TOO_LARGE', // TOO_SLOW
  167: 'QUERY_TOO_LARGE', // TOO_DEEP_AST
  168: 'QUERY_TOO_LARGE', // TOO_BIG_AST
  202: 'STORE_BUSY', // TOO_MANY_SIMULTANEOUS_QUERIES
  209: 'STORE_DOWN', // SOCKET_TIMEOUT
  210: 'STORE_DOWN', // NETWORK_ERROR
  241: 'QUERY_TOO_LARGE', // MEMORY_LIMIT_EXCEEDED
  243: 'STORE_FULL', // NOT_ENOUGH_SPACE
  252: 'STORE_BUSY', // TOO_MANY_PARTS
  279: 'STORE_DOWN', // ALL_CONNECTION_TRIES_FAILED: a shard of the cluster is away
  306: 'QUERY_TOO_LARGE', // TOO_DEEP_RECURSION
  307: 'QUERY_TOO_LARGE', // TOO_MANY_BYTES
  394: 'CANCELLED', // QUERY_WAS_CANCELLED
  396: 'QUERY_TOO_LARGE', // TOO_MANY_ROWS_OR_BYTES
  427: 'BAD_REQUEST', // CANNOT_COMPILE_REGEXP
  516: 'STORE_DOWN', // AUTHENTICATION_FAILED
  735: 'CANCELLED', // QUERY_WAS_CANCELLED_BY_CLIENT
};

/** Codes after which the same insert may well succeed; the others are bugs or misconfigurations, and repeat. */
const transientCodes = new Set([
  ...[3, 159, 202, 209, 210, 236, 241, 242, 252, 319, 394, 425, 439, 999],
  // Of a cluster: no Keeper, a shard that is away, too few replicas for the quorum that its operator asks for.
  ...[225, 279, 285, 286],
]);

const outOfSpaceCodes = new Set([243]);

/** A failure of the engine, sorted by what the store does about it. */
export type Failure =
  | { readonly kind: 'full' }
  | { readonly kind: 'transient' }
  | { readonly kind: 'permanent'; readonly code?: number };

export function failureOf(error: unknown): Failure {
  const code = clickHouseCode(error);
  if (code === undefined) return { kind: isNetworkError(error) ? 'transient' : 'permanent' };
  if (outOfSpaceCodes.has(code) || /No space left on device/.test(messageOf(error))) return { kind: 'full' };
  return transientCodes.has(code) ? { kind: 'transient' } : { kind: 'permanent', code };
}

/** What a reader is told. `signal` tells a query that its client left apart from one that failed. */
export function refusalOf(error: unknown, signal?: AbortSignal): Refusal {
  if (error instanceof Refusal) return error;
  if (signal?.aborted) return new Refusal('the query was cancelled', { code: 'CANCELLED', cause: error });
  const code = clickHouseCode(error);
  if (code === undefined) {
    if (!isNetworkError(error))
      return new Refusal('the query failed in the store', { code: 'QUERY_FAILED', cause: error });
    return new Refusal('the store is not reachable; it is being restarted', {
      code: 'STORE_DOWN',
      cause: error,
      retryAfterSeconds: 2,
    });
  }
  const reason = byClickHouseCode[code] ?? 'QUERY_FAILED';
  return new Refusal(`${sentences[reason] ?? 'the query failed in the store'} (ClickHouse code ${code})`, {
    code: reason,
    cause: error,
  });
}

const sentences: Partial<Record<RefusalCode, string>> = {
  QUERY_TOO_LARGE:
    'the query needs more memory or rows than the store allows one query; narrow its time range or filters',
  QUERY_TIMEOUT: 'the query ran past limits.query.msMax; narrow its time range or filters',
  STORE_BUSY: 'the store is busy with other work; try again shortly',
  STORE_FULL: 'the disk is full',
  STORE_DOWN: 'the store cannot be reached',
  CANCELLED: 'the query was cancelled',
  BAD_REQUEST: 'the store cannot compile a pattern of the query',
};

/** The code of a ClickHouse exception, from the client's error or from its text. */
export function clickHouseCode(error: unknown): number | undefined {
  const code = Number((error as { code?: unknown } | undefined)?.code);
  if (Number.isInteger(code) && code > 0) return code;
  const inText = /Code: (\d+)(?:\.|, e\.displayText\(\) =) DB::Exception/.exec(messageOf(error));
  return inText === null ? undefined : Number(inText[1]);
}

function isNetworkError(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/.test(code)) return true;
  return /socket hang up|Timeout error|aborted|premature close/i.test(messageOf(error));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * An answer that is not what its format says. ClickHouse tells a failure in the middle of an answer by writing the
 * exception where data should be; else the connection broke.
 */
export function brokenAnswer(bytes: Buffer): Error {
  const tail = bytes.subarray(-16_384).toString('utf8');
  if (clickHouseCode(new Error(tail)) !== undefined) return new Error(tail);
  return new Refusal('the store broke off in the middle of an answer; try again', {
    code: 'STORE_DOWN',
    retryAfterSeconds: 2,
  });
}
