/**
 * `assay/client`: the service of `assay serve` as typed functions. It needs only `fetch`. docs/OPERATING.md.
 *
 *   import { Client } from 'assay/client';
 */
export type {
  Balance,
  Called,
  ModuleInfo,
  Problem,
  ReceiptDocument,
  Validated,
} from '../protocol/messages.js';
export { PROBLEMS, type ProblemCode } from '../protocol/problems.js';
export { JsonText } from '../protocol/schema-types.js';
export {
  type BatchHeadGiven,
  type BatchItem,
  type BatchLineGiven,
  type CallGiven,
  type CallToSign,
  Client,
  type ClientOptions,
  type RequestOptions,
  ServiceError,
  type ValidateGiven,
} from './client.js';
