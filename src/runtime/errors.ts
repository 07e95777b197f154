/**
 * What can go wrong with a call, as the closed set that callers act on. Each says what to do next,
 * and whether a write may have happened all the same.
 */
export type ApiErrorReason =
  /** 401: credentials are refused. */
  | 'Unauthorized'
  /** 403: RBAC or an admission policy says no. */
  | 'Forbidden'
  /** 404: no such object, namespace or resource. */
  | 'NotFound'
  /** 409 on create. */
  | 'AlreadyExists'
  /** 409 otherwise: a precondition does not hold, or the object changed meanwhile. */
  | 'Conflict'
  /** 410: the resourceVersion or continue token is too old. */
  | 'Expired'
  /** 400, 413, 415, 422: what was sent can never be accepted as it stands. */
  | 'Invalid'
  /** 429, with the server's Retry-After where it gave one. */
  | 'TooManyRequests'
  /** The answer is longer than the client takes, which has not read it to its end: ask for less. */
  | 'TooLong'
  /** 5xx, a broken connection, no answer in time, or an answer that makes no sense. */
  | 'Unavailable';

/** What a caller can do: try again (soon, with backoff), wait until something changes, or tell the user. */
export type Advice = 'retry' | 'wait' | 'tell';

const ADVICE = {
  Unauthorized: 'retry',
  Forbidden: 'tell',
  NotFound: 'wait',
  AlreadyExists: 'wait',
  Conflict: 'retry',
  Expired: 'retry',
  Invalid: 'tell',
  TooManyRequests: 'retry',
  TooLong: 'retry',
  Unavailable: 'retry',
} as const satisfies Record<ApiErrorReason, Advice>;

const MESSAGE_LIMIT = 1024;

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: ApiErrorReason;
  /** HTTP status, 0 where there was no answer. */
  readonly code: number;
  /** True when the request may have been carried out although no good answer came. */
  readonly maybeDone: boolean;
  /** The server's wish, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** The causes' `reason` fields in the server's Status, such as `NamespaceTerminating`. */
  readonly causes: readonly string[];

  constructor(
    reason: ApiErrorReason,
    message: string,
    details: {
      code?: number;
      maybeDone?: boolean;
      retryAfter?: number;
      causes?: readonly string[];
      cause?: unknown;
    } = {},
  ) {
    super(message.slice(0, MESSAGE_LIMIT), { cause: details.cause });
    this.reason = reason;
    this.code = details.code ?? 0;
    this.maybeDone = details.maybeDone ?? false;
    this.retryAfter = details.retryAfter;
    this.causes = details.causes ?? [];
  }

  get advice(): Advice {
    return ADVICE[this.reason];
  }
}

/** Whether `error` is an {@link ApiError} for one of these reasons. */
export function isApiError(error: unknown, ...reasons: ApiErrorReason[]): error is ApiError {
  return error instanceof ApiError && (reasons.length === 0 || reasons.includes(error.reason));
}
