/**
 * Proof of who ordered a run and who ran it: the tenant signs a request, the node signs the answer. A host cannot bill
 * a run that nobody ordered, and a tenant cannot deny one. The hash of the request is the request id of the line.
 *
 * Bytes, texts and integers as in a receipt (docs/SEMANTICS.md, section 8):
 *
 *   request  text `assay-request-1`, 32 tenant's key, 32 module, text export, 32 hash of the input, u64 fuel limit,
 *            32 price table, 16 nonce, u64 milliseconds since 1970
 *   answer   text `assay-answer-1`, 32 node's key, 32 hash of the request's bytes, 32 hash of the receipt
 *
 * The signatures (ed25519, RFC 8032) are over these bytes. Hashes are BLAKE2b-256.
 */
import * as t from 'io-ts';
import { hash, toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { TextBytes } from '../base/text-bytes.js';
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import { agentFromSeed } from '../zome/agent.js';
import { coreOf } from '../zome/holo-hash.js';
import { verifySignature } from '../zome/verify-signature.js';
import { hashText, hexBytes, type Moment, moment, parsedJson, readDocument, smallInteger } from './document.js';

export const REQUEST_FORMAT = 'assay-request-1';
export const ANSWER_FORMAT = 'assay-answer-1';

export interface RunRequest {
  /** Public key of ed25519, 32 bytes. */
  readonly tenantKey: Uint8Array;
  readonly module: Uint8Array;
  readonly export: string;
  /** Hash of the input, as in the receipt. */
  readonly input: Uint8Array;
  readonly fuelLimit: number;
  /** Hash of the price table to which the tenant agrees. */
  readonly priceTable: Uint8Array;
  /** 16 bytes, so that ordering the same call twice makes two requests. */
  readonly nonce: Uint8Array;
  readonly at: Moment;
}

export interface SignedRequest extends RunRequest {
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

export interface SignedAnswer {
  readonly nodeKey: Uint8Array;
  readonly request: Uint8Array;
  readonly receipt: Uint8Array;
  readonly signature: Uint8Array;
}

/** How far a request's time may be from the node's. */
export const REQUEST_AGE_MS = 300_000;
const EXPORT_LENGTH_MAX = 1_000;

export type RequestFault =
  /** not signed by the tenant's key */
  | 'signature'
  /** signed by a key that is not the tenant's */
  | 'key'
  /** too old, or from the future */
  | 'time'
  /** it agrees to another price table than the lease's */
  | 'price-table'
  /** the receipt is of another run than was ordered */
  | 'other-run'
  /** the answer is of another request or receipt */
  | 'other-answer';

function requestBytes(request: RunRequest): Uint8Array {
  const bytes = new TextBytes();
  bytes.text(REQUEST_FORMAT);
  bytes.raw(request.tenantKey);
  bytes.raw(request.module);
  bytes.text(request.export);
  bytes.raw(request.input);
  bytes.u53(request.fuelLimit);
  bytes.raw(request.priceTable);
  bytes.raw(request.nonce);
  bytes.u53(request.at);
  return bytes.take();
}

function answerBytes({ nodeKey, request, receipt }: Omit<SignedAnswer, 'signature'>): Uint8Array {
  const bytes = new TextBytes();
  bytes.text(ANSWER_FORMAT);
  bytes.raw(nodeKey);
  bytes.raw(request);
  bytes.raw(receipt);
  return bytes.take();
}

/** The request id of its run: the hash of its bytes, without the signature. */
export function requestIdOf(request: RunRequest): Uint8Array {
  return hash(requestBytes(request));
}

/** @param secret 32 bytes; the tenant's key is derived from it */
export function signRequest(request: Omit<RunRequest, 'tenantKey'>, secret: Uint8Array): SignedRequest {
  const agent = agentFromSeed(secret);
  const whole = { ...request, tenantKey: coreOf(agent.key) };
  return { ...whole, signature: agent.sign(requestBytes(whole)) };
}

/** The node's answer to a request: confirms that the receipt is of the ordered run. */
export function signAnswer(request: RunRequest, receipt: Receipt, secret: Uint8Array): SignedAnswer {
  const agent = agentFromSeed(secret);
  const answer = { nodeKey: coreOf(agent.key), request: requestIdOf(request), receipt: receiptHash(receipt) };
  return { ...answer, signature: agent.sign(answerBytes(answer)) };
}

export interface RequestChecks {
  /** The tenant's key as known to the node. */
  readonly tenantKey: Uint8Array;
  readonly priceTable: Uint8Array;
  readonly now: Moment;
}

/** The checks of a node before it runs anything; undefined if there is no fault. */
export function requestFault(
  request: SignedRequest,
  { tenantKey, priceTable, now }: RequestChecks,
): RequestFault | undefined {
  if (!sameBytes(request.tenantKey, tenantKey)) return 'key';
  if (!verifySignature(request.tenantKey, request.signature, requestBytes(request))) return 'signature';
  if (request.at > now + REQUEST_AGE_MS || request.at < now - REQUEST_AGE_MS) return 'time';
  return sameBytes(request.priceTable, priceTable) ? undefined : 'price-table';
}

/** Whether a receipt is of the call that the request orders. */
export function isOrderedBy(request: RunRequest, receipt: Receipt): boolean {
  return (
    sameBytes(request.module, receipt.module) &&
    request.export === receipt.export &&
    sameBytes(request.input, receipt.input) &&
    request.fuelLimit >= receipt.fuel.limit
  );
}

/** Checks that a receipt is of the run that the request orders, and that the answer covers both; undefined if so. */
export function answerFault(request: SignedRequest, receipt: Receipt, answer: SignedAnswer): RequestFault | undefined {
  if (!isOrderedBy(request, receipt)) return 'other-run';
  const isOfBoth = sameBytes(answer.request, requestIdOf(request)) && sameBytes(answer.receipt, receiptHash(receipt));
  if (!isOfBoth) return 'other-answer';
  const isSigned =
    verifySignature(request.tenantKey, request.signature, requestBytes(request)) &&
    verifySignature(answer.nodeKey, answer.signature, answerBytes(answer));
  return isSigned ? undefined : 'signature';
}

export const NONCE_BYTES = 16;
const SIGNATURE_BYTES = 64;

const exportText = new t.Type<string, string, unknown>(
  'a name of an export',
  (value): value is string => typeof value === 'string' && value.length <= EXPORT_LENGTH_MAX,
  (value, context) =>
    typeof value === 'string' && value.length <= EXPORT_LENGTH_MAX ? t.success(value) : t.failure(value, context),
  (value) => value,
);

const requestFields = t.strict({
  format: t.literal(REQUEST_FORMAT),
  tenantKey: hashText,
  module: hashText,
  export: exportText,
  input: hashText,
  fuelLimit: smallInteger(0, FUEL_LIMIT_MAX),
  priceTable: hashText,
  nonce: hexBytes(NONCE_BYTES),
  at: moment,
  signature: hexBytes(SIGNATURE_BYTES),
});

const answerFields = t.strict({
  format: t.literal(ANSWER_FORMAT),
  nodeKey: hashText,
  request: hashText,
  receipt: hashText,
  signature: hexBytes(SIGNATURE_BYTES),
});

/** @throws BillingError `document` */
export function readRequest(document: unknown): SignedRequest {
  const parsed = typeof document === 'string' ? parsedJson(document, 'request') : document;
  const { format: _, ...request } = readDocument(requestFields, 'request', parsed);
  return request;
}

/** @throws BillingError `document` */
export function readAnswer(document: unknown): SignedAnswer {
  const parsed = typeof document === 'string' ? parsedJson(document, 'answer') : document;
  const { format: _, ...answer } = readDocument(answerFields, 'answer', parsed);
  return answer;
}

export function requestJson(request: SignedRequest): object {
  return requestFields.encode({ format: REQUEST_FORMAT, ...request });
}

export function answerJson({ nodeKey, request, receipt, signature }: SignedAnswer): object {
  return {
    format: ANSWER_FORMAT,
    nodeKey: toHex(nodeKey),
    request: toHex(request),
    receipt: toHex(receipt),
    signature: toHex(signature),
  };
}
