/**
 * Expected errors. `status` is the HTTP status, `retry` says whether the same request may succeed later;
 * each protocol translates them (gRPC codes, Prometheus' `errorType`). One row per reason: the catalogue is the docs.
 */
export const refusals = {
  BAD_REQUEST: { status: 400, retry: false },
  UNAUTHENTICATED: { status: 401, retry: false },
  FORBIDDEN: { status: 403, retry: false },
  NOT_FOUND: { status: 404, retry: false },
  METHOD_NOT_ALLOWED: { status: 405, retry: false },
  BODY_TOO_LARGE: { status: 413, retry: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retry: false },
  UNSUPPORTED: { status: 422, retry: false },
  QUERY_FAILED: { status: 422, retry: false },
  QUERY_TOO_LARGE: { status: 422, retry: false },
  SERIES_LIMIT: { status: 429, retry: true },
  TOO_MANY_REQUESTS: { status: 429, retry: true },
  CANCELLED: { status: 499, retry: true },
  QUERY_TIMEOUT: { status: 503, retry: true },
  STORE_BUSY: { status: 503, retry: true },
  STORE_FULL: { status: 503, retry: true },
  STORE_DOWN: { status: 503, retry: true },
  CONFIG_INVALID: { status: 500, retry: false },
} as const;

export type RefusalCode = keyof typeof refusals;

/** An expected error. The message names the limit, the value and the way out. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly retry: boolean;
  /** Seconds after which a retry is welcome; becomes `Retry-After` / `RetryInfo`. */
  readonly retryAfterSeconds?: number;

  constructor(message: string, about: { code: RefusalCode; cause?: unknown; retryAfterSeconds?: number }) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.name = 'Refusal';
    this.code = about.code;
    this.status = refusals[about.code].status;
    this.retry = refusals[about.code].retry;
    if (about.retryAfterSeconds !== undefined) this.retryAfterSeconds = about.retryAfterSeconds;
  }
}
