/** The table of problems: every error of the service has one row here. A code is an identity and never changes its meaning. */
import type { Problem } from './messages.js';

interface ProblemRow {
  readonly status: number;
  readonly title: string;
}

export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is not HTTP, or its body is not JSON.' },
  unauthorized: { status: 401, title: 'The token is missing or unknown.' },
  'payment-required': { status: 402, title: 'The tenant cannot pay the maximum cost; nothing ran.' },
  forbidden: { status: 403, title: 'The tenant may not do this.' },
  'not-ordered': { status: 403, title: 'No signed request of the tenant orders this run; nothing is billed.' },
  'not-found': { status: 404, title: 'There is nothing at this path.' },
  'unknown-module': { status: 404, title: 'The service does not have this module; PUT it first.' },
  'unknown-receipt': { status: 404, title: 'The service does not have this receipt, or no longer has it.' },
  'unknown-statement': { status: 404, title: 'There is no statement with this number.' },
  'method-not-allowed': { status: 405, title: 'This path has no such method.' },
  timeout: { status: 408, title: 'The request did not arrive in time.' },
  'in-progress': { status: 409, title: 'A request with this Idempotency-Key is in progress.' },
  'too-large': { status: 413, title: 'The body is larger than the service accepts.' },
  'unsupported-media-type': { status: 415, title: 'This path does not accept the content type of the body.' },
  'invalid-request': { status: 422, title: 'The request does not have the form that this path requires.' },
  'hash-mismatch': { status: 422, title: 'The module does not have the hash that the path names.' },
  'load-fault': { status: 422, title: 'The module is refused.' },
  'unusable-input': { status: 422, title: 'The module cannot be called like this; nothing ran.' },
  'key-reused': { status: 422, title: 'The Idempotency-Key was used for another request.' },
  'rate-limited': { status: 429, title: 'The tenant has reached its rate limit.' },
  'headers-too-large': { status: 431, title: 'The head of the request is larger than the service accepts.' },
  internal: { status: 500, title: 'The service has a bug. This says nothing about the guest.' },
  'host-failure': { status: 500, title: 'The host failed. This says nothing about the guest.' },
  overloaded: { status: 503, title: 'The service is at its capacity.' },
  stopping: { status: 503, title: 'The service is stopping.' },
  unavailable: { status: 503, title: 'The ledger or the store of the service is not available.' },
  'time-limit': { status: 504, title: 'The call took longer than it may. This is not a verdict.' },
  'storage-full': { status: 507, title: 'The store of modules is full.' },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Fields that a problem may have in addition to its code. */
export type ProblemDetails = Omit<Problem, 'type' | 'title' | 'status' | 'code'>;

/** RFC 9457; `type` is not a URL, because the code is sufficient. */
export function problemOf(code: ProblemCode, details: ProblemDetails = {}): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:assay:problem:${code}`, title, status, code, ...details };
}

/** Ends a request with a problem. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(
    readonly code: ProblemCode,
    details: ProblemDetails = {},
  ) {
    super(details.detail ?? PROBLEMS[code].title);
    this.name = 'ProblemError';
    this.problem = problemOf(code, details);
  }
}
