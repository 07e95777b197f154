import { ApiError, type ApiErrorReason, isApiError } from './errors.ts';
import { isJsonObject } from './merge-patch.ts';

const REASONS: Readonly<Record<number, ApiErrorReason>> = {
  400: 'Invalid',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'Invalid',
  406: 'Invalid',
  409: 'Conflict',
  410: 'Expired',
  413: 'Invalid',
  415: 'Invalid',
  422: 'Invalid',
  429: 'TooManyRequests',
};

/** The code of undici's error for an answer above `maxResponseSize`. */
const TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

export interface AnswerContext {
  /** Whether the call was to change something. */
  write: boolean;
  /** The `retry-after` header: seconds; dates are not used by API servers. */
  retryAfter?: string | undefined;
}

/**
 * What a refusal says: the HTTP status, and the Status object that API servers send with it. What
 * proxies in between say is not passed on.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function errorFromAnswer(code: number, body: unknown, { write, retryAfter }: AnswerContext): ApiError {
  const status = isJsonObject(body) && body['kind'] === 'Status' ? body : {};
  const message = typeof status['message'] === 'string' ? status['message'] : `HTTP status ${code} without a reason`;
  const causes = causesOf(status);
  const seconds = /^[0-9]{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  return new ApiError(reasonOf(code, status, causes), message, {
    code,
    maybeDone: write && code >= 500,
    ...(seconds !== undefined && { retryAfter: seconds * 1000 }),
    causes: causes.flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : [])),
  });
}

/** What it means that no answer came, or none that makes sense. */
export function errorFromFailure(error: unknown, { maybeDone }: Pick<ApiError, 'maybeDone'>): ApiError {
  if (isApiError(error)) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error instanceof Error ? error.message : 'connection failed';
  const told = code === '' || message.includes(code) ? message : `${message} (${code})`;
  return new ApiError(code === TOO_LONG ? 'TooLong' : 'Unavailable', told, { maybeDone, cause: error });
}

function reasonOf(code: number, status: Record<string, unknown>, causes: Record<string, unknown>[]): ApiErrorReason {
  if (code === 409 && status['reason'] === 'AlreadyExists') return 'AlreadyExists';
  // The uid in a patch is a precondition that the API server words as a change of an immutable field.
  if (code === 422 && causes.some(({ field }) => field === 'metadata.uid')) return 'Conflict';
  return REASONS[code] ?? 'Unavailable';
}

function causesOf({ details }: Record<string, unknown>): Record<string, unknown>[] {
  const causes = isJsonObject(details) ? details['causes'] : undefined;
  return Array.isArray(causes) ? causes.filter(isJsonObject) : [];
}
