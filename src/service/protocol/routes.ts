/**
 * The table of routes: the server's routes and methods, the OpenAPI document and the client's requests are derived from
 * it.
 */
import type * as t from 'io-ts';
import {
  Balance,
  BatchHead,
  BatchLine,
  BatchResult,
  Called,
  CallRequest,
  Health,
  ModuleInfo,
  ReceiptDocument,
  Validated,
  ValidateRequest,
} from './messages.js';
import type { ProblemCode } from './problems.js';

export const MEDIA = {
  json: 'application/json',
  lines: 'application/x-ndjson',
  wasm: 'application/wasm',
  bytes: 'application/octet-stream',
  text: 'text/plain',
  problem: 'application/problem+json',
} as const;

export interface Content {
  readonly media: string;
  /** The type of JSON, and of each line of JSON lines; none for bytes and text. */
  readonly type?: t.Mixed;
}

export interface RouteRow {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** In the form of OpenAPI: `/v1/modules/{hash}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may use it: everybody, a tenant, a tenant that is an operator. */
  readonly who: 'all' | 'tenant' | 'operator';
  /** The first line of JSON lines has another type. */
  readonly request?: Content & { readonly head?: t.Mixed };
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  readonly responses: Readonly<Record<number, Content & { readonly description: string }>>;
  /** Problems of this route, in addition to the common ones. */
  readonly problems: readonly ProblemCode[];
  /** Exists only if the service bills. */
  readonly needsBilling?: boolean;
}

const RUN_PROBLEMS = [
  'bad-request',
  'payment-required',
  'not-ordered',
  'unknown-module',
  'timeout',
  'in-progress',
  'too-large',
  'unsupported-media-type',
  'invalid-request',
  'load-fault',
  'unusable-input',
  'key-reused',
  'host-failure',
  'overloaded',
  'unavailable',
  'time-limit',
] as const satisfies readonly ProblemCode[];

export const ROUTES = {
  validate: {
    method: 'POST',
    path: '/v1/validate',
    summary: 'Validates an entry by a module, or an op by the zomes of a DNA',
    who: 'tenant',
    request: { media: MEDIA.json, type: ValidateRequest },
    isIdempotent: true,
    responses: {
      200: { media: MEDIA.json, type: Validated, description: 'The verdict, and the receipts of the calls.' },
    },
    problems: RUN_PROBLEMS,
  },
  call: {
    method: 'POST',
    path: '/v1/call',
    summary: 'Calls an export with values, or with bytes by the byte ABI',
    who: 'tenant',
    request: { media: MEDIA.json, type: CallRequest },
    isIdempotent: true,
    responses: { 200: { media: MEDIA.json, type: Called, description: 'How the call ended, and its receipt.' } },
    problems: RUN_PROBLEMS,
  },
  batch: {
    method: 'POST',
    path: '/v1/batch',
    summary: 'Many validations or calls, as lines of JSON, streamed both ways',
    description:
      'The first line is what all have in common, every other one an input. Results come while inputs are sent, one line each with the ' +
      'index of the input from 0, and in the end a summary: without it the batch was cut. Who sends has to read meanwhile.',
    who: 'tenant',
    request: { media: MEDIA.lines, type: BatchLine, head: BatchHead },
    isIdempotent: true,
    responses: {
      200: { media: MEDIA.lines, type: BatchResult, description: 'A result for each line, then the summary.' },
    },
    problems: RUN_PROBLEMS,
  },
  putModule: {
    method: 'PUT',
    path: '/v1/modules/{hash}',
    summary: 'Keeps a module under the BLAKE2b-256 of its bytes',
    who: 'tenant',
    request: { media: MEDIA.wasm },
    responses: {
      200: { media: MEDIA.json, type: ModuleInfo, description: 'The service had it already.' },
      201: { media: MEDIA.json, type: ModuleInfo, description: 'The service keeps it now.' },
    },
    problems: [
      'bad-request',
      'payment-required',
      'timeout',
      'too-large',
      'unsupported-media-type',
      'invalid-request',
      'hash-mismatch',
      'load-fault',
      'host-failure',
      'overloaded',
      'unavailable',
      'storage-full',
    ],
  },
  getModule: {
    method: 'GET',
    path: '/v1/modules/{hash}',
    summary: 'The bytes of a module',
    who: 'tenant',
    responses: { 200: { media: MEDIA.wasm, description: 'The module.' } },
    problems: ['invalid-request', 'unknown-module', 'overloaded', 'unavailable'],
  },
  receipt: {
    method: 'GET',
    path: '/v1/receipts/{hash}',
    summary: 'A receipt of the tenant, by its hash',
    who: 'tenant',
    responses: { 200: { media: MEDIA.json, type: ReceiptDocument, description: 'The receipt.' } },
    problems: ['invalid-request', 'unknown-receipt', 'unavailable'],
  },
  balance: {
    method: 'GET',
    path: '/v1/balance',
    summary: 'What the tenant has, and what of it is reserved',
    who: 'tenant',
    responses: { 200: { media: MEDIA.json, type: Balance, description: 'Amounts in the unit of the ledger.' } },
    problems: ['payment-required', 'unavailable'],
    needsBilling: true,
  },
  statement: {
    method: 'GET',
    path: '/v1/statements/{number}',
    summary: 'A signed invoice of the tenant, by its number from 1',
    who: 'tenant',
    responses: { 200: { media: MEDIA.json, description: 'The invoice, as assay bill verify reads it.' } },
    problems: ['invalid-request', 'unknown-statement', 'unavailable'],
    needsBilling: true,
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process runs',
    who: 'all',
    responses: { 200: { media: MEDIA.json, type: Health, description: 'It does.' } },
    problems: [],
  },
  ready: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether requests are welcome',
    who: 'all',
    responses: { 200: { media: MEDIA.json, type: Health, description: 'They are.' } },
    problems: ['overloaded', 'stopping', 'unavailable'],
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    who: 'operator',
    responses: { 200: { media: MEDIA.text, description: 'The figures.' } },
    problems: ['forbidden'],
  },
} as const satisfies Readonly<Record<string, RouteRow>>;

export type RouteName = keyof typeof ROUTES;

export const routeOf = (name: RouteName): RouteRow => ROUTES[name];
