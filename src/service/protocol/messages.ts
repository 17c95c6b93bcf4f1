/**
 * The messages of the service: io-ts types, from which the server's decoding, the client's types and the OpenAPI
 * document are derived.
 *
 * An input is JSON, with the same rules as for files of the command line (`{"$bin":"0aff"}` is a binary), or
 * MessagePack in base64. Fields that a request omits have the defaults of `assay validate` and `assay call`.
 */
import * as t from 'io-ts';
import { FUEL_LIMIT_MAX } from '../../engine/receipt/receipt.js';
import { anyJson, base64, byKey, hashText, integer, listOf, record, text } from './schema-types.js';

const TEXT_MAX = 1_000;
const ZOMES_MAX = 512;
const ARGUMENTS_MAX = 1_000;
const TIME_LIMIT_MS_MAX = 3_600_000;

const name = text(1, TEXT_MAX);
const anyText = text(0, Number.MAX_SAFE_INTEGER);
const generation = t.keyof({ '0.2': null, '0.2-map': null, '0.6': null, '0.7': null });
const count = integer(0, FUEL_LIMIT_MAX);

/** How receipts are returned: as hashes, or as canonical bytes. */
const receiptForm = t.keyof({ hash: null, bytes: null });

/** `requestJson` of `assay/billing`: a call that the tenant orders, signed with its key. docs/BILLING.md. */
const SignedRequest = record('SignedRequest', {
  format: t.literal('assay-request-1'),
  tenantKey: hashText,
  module: hashText,
  export: text(0, TEXT_MAX),
  input: hashText,
  fuelLimit: count,
  priceTable: hashText,
  nonce: text(32, 32, '^[0-9a-f]+$'),
  at: text(24, 24),
  signature: text(128, 128, '^[0-9a-f]+$'),
});
/** One for each call of a run: for an op, one for each zome that is called. */
const ORDER = { signedRequests: listOf(SignedRequest, ZOMES_MAX, 1) } as const;

/** Options of a run that every request may have. */
const RUN = { fuel: count, timeLimitMs: integer(1, TIME_LIMIT_MS_MAX), receipts: receiptForm } as const;

const ZomeSpec = record(
  'ZomeSpec',
  { name, module: hashText },
  { kind: t.keyof({ integrity: null, coordinator: null }), dependencies: listOf(name, ZOMES_MAX) },
);

/** The DNA of the zomes, as far as they can query it. */
const DnaSpec = record(
  'DnaSpec',
  {},
  {
    name: text(0, TEXT_MAX),
    hash: text(53, 53, '^uhC0k[A-Za-z0-9_-]{48}$'),
    networkSeed: text(0, TEXT_MAX),
    propertiesBase64: base64,
  },
);

/** Entries of a module. */
const ENTRY = { ...RUN, export: name, generation } as const;
/** Ops of zomes. */
const OP = { ...RUN, dna: DnaSpec, generation, zome: name, check: t.keyof({ hashes: null, all: null }) } as const;

export const ValidateEntry = record('ValidateEntry', { module: hashText, input: anyJson }, { ...ENTRY, ...ORDER });
export const ValidateEntryBytes = record(
  'ValidateEntryBytes',
  { module: hashText, inputBase64: base64 },
  { ...ENTRY, ...ORDER },
);
const zomes = listOf(ZomeSpec, ZOMES_MAX, 1);
export const ValidateOp = record('ValidateOp', { zomes, op: anyJson }, { ...OP, ...ORDER, dependencies: anyJson });
export const ValidateOpBytes = record(
  'ValidateOpBytes',
  { zomes, opBase64: base64 },
  { ...OP, ...ORDER, dependenciesBase64: base64 },
);

export const ValidateRequest = byKey('ValidateRequest', {
  input: ValidateEntry,
  inputBase64: ValidateEntryBytes,
  op: ValidateOp,
  opBase64: ValidateOpBytes,
});
export type ValidateRequest = t.TypeOf<typeof ValidateRequest>;

/** Arguments as `i32:42`, see `assay call`. */
const args = listOf(text(1, 2_048), ARGUMENTS_MAX);
export const CallValues = record('CallValues', { module: hashText, export: name, args }, { ...RUN, ...ORDER });
export const CallBytes = record(
  'CallBytes',
  { module: hashText, export: name, payloadBase64: base64 },
  { ...RUN, ...ORDER, generation },
);
export const CallRequest = byKey('CallRequest', { args: CallValues, payloadBase64: CallBytes });
export type CallRequest = t.TypeOf<typeof CallRequest>;

const order = t.keyof({ input: null, completion: null });

/** The first line of a batch: the common fields of its lines. */
export const BatchOfModule = record('BatchOfModule', { module: hashText }, { ...ENTRY, order });
export const BatchOfZomes = record('BatchOfZomes', { zomes }, { ...OP, dependencies: anyJson, order });
export const BatchHead = byKey('BatchHead', { module: BatchOfModule, zomes: BatchOfZomes });
export type BatchOfZomes = t.TypeOf<typeof BatchOfZomes>;
export type BatchHead = t.TypeOf<typeof BatchHead>;

/** Identifies a line for billing, with the Idempotency-Key of the batch; the default is the line's index. */
const LINE = { id: text(1, 128), ...ORDER } as const;

/** Every other line: its own fields. */
export const BatchLine = byKey('BatchLine', {
  input: record('BatchInput', { input: anyJson }, LINE),
  inputBase64: record('BatchInputBytes', { inputBase64: base64 }, LINE),
  op: record('BatchOp', { op: anyJson }, { ...LINE, dependencies: anyJson }),
  opBase64: record('BatchOpBytes', { opBase64: base64 }, { ...LINE, dependenciesBase64: base64 }),
  args: record('BatchArguments', { args }, LINE),
  payloadBase64: record('BatchPayload', { payloadBase64: base64 }, LINE),
});
export type BatchLine = t.TypeOf<typeof BatchLine>;

const FuelParts = record('FuelParts', { instantiate: count, guest: count, host: count, boundary: count });
const Fuel = record('Fuel', { used: count, parts: FuelParts });

const Dependencies = t.union([
  record('MissingHashes', { kind: t.literal('Hashes'), hashes: listOf(anyText, Number.MAX_SAFE_INTEGER) }),
  record('MissingActivity', { kind: t.literal('AgentActivity'), agent: anyText, chainTop: anyText }),
]);

/** Why there is no verdict. */
const Cause = record(
  'Cause',
  { kind: anyText },
  { code: anyText, resource: anyText, path: anyText, reason: anyText, text: anyText },
);

/** `answerJson` of `assay/billing`: the node links a request to its receipt. */
const SignedAnswer = record('SignedAnswer', {
  format: t.literal('assay-answer-1'),
  nodeKey: hashText,
  request: hashText,
  receipt: hashText,
  signature: anyText,
});

const RECEIPTS_MAX = 1_024;
/** One for each receipt, if the requests were signed and the node has a key. */
const ANSWERS = { signedAnswers: listOf(SignedAnswer, RECEIPTS_MAX) } as const;
const receipts = listOf(hashText, RECEIPTS_MAX);
/** Canonical bytes in hexadecimal, as signed and hashed. */
const receiptBytes = listOf(anyText, RECEIPTS_MAX);

/** `null` means no verdict, with the reason in `cause`; each call that was made has a receipt. */
const VALIDATED = {
  verdict: t.union([t.keyof({ Valid: null, Invalid: null, UnresolvedDependencies: null }), t.null]),
  fuel: Fuel,
  receipts,
} as const;
const VALIDATED_MORE = {
  reason: anyText,
  dependencies: Dependencies,
  cause: Cause,
  receiptBytes,
  ...ANSWERS,
  /** It was in a memo: nothing ran. */
  isHit: t.boolean,
} as const;
export const Validated = record('Validated', VALIDATED, VALIDATED_MORE);
export type Validated = t.TypeOf<typeof Validated>;

const Outcome = record(
  'Outcome',
  { kind: t.keyof({ returned: null, trapped: null, exhausted: null, 'short-circuited': null, breached: null }) },
  {
    values: listOf(anyText, ARGUMENTS_MAX),
    outputBase64: base64,
    payloadBase64: base64,
    code: anyText,
    resource: anyText,
  },
);
const CALLED = { outcome: Outcome, fuel: Fuel, receipts } as const;
const CALLED_MORE = { receiptBytes, ...ANSWERS } as const;
export const Called = record('Called', CALLED, CALLED_MORE);
export type Called = t.TypeOf<typeof Called>;

/** RFC 9457. `code` is the identity of the problem and never changes its meaning. */
export const Problem = record(
  'Problem',
  { type: anyText, title: anyText, status: integer(400, 599), code: anyText },
  {
    detail: anyText,
    /** Path of the error in the request: `$.zomes[0].module`. */
    path: anyText,
    retryAfterSeconds: count,
    inputHash: hashText,
    fault: record('LoadFault', { kind: anyText, code: anyText, offset: count }, { detail: anyText, zome: anyText }),
  },
);
export type Problem = t.TypeOf<typeof Problem>;

const index = count;
/** The result of a line. The last line of a batch is its summary; without it, the batch was truncated. */
export const BatchResult = t.union([
  record('BatchValidated', { index, ...VALIDATED }, VALIDATED_MORE),
  record('BatchCalled', { index, ...CALLED }, CALLED_MORE),
  record('BatchProblem', { index, problem: Problem }),
  record('BatchSummary', {
    summary: record('Summary', { lines: count, problems: count, fuelUsed: anyText }, { problem: Problem }),
  }),
]);
export type BatchResult = t.TypeOf<typeof BatchResult>;

/** A stored module. */
export const ModuleInfo = record('ModuleInfo', { hash: hashText, bytes: count }, { loadPrice: count });
export type ModuleInfo = t.TypeOf<typeof ModuleInfo>;

const ReceiptFuel = record('ReceiptFuel', { limit: count, used: count, parts: FuelParts });
/** `receiptJson` of the receipt. */
export const ReceiptDocument = record('Receipt', {
  format: anyText,
  profile: anyText,
  schedule: hashText,
  limits: hashText,
  hosts: hashText,
  module: hashText,
  export: anyText,
  input: hashText,
  fuel: ReceiptFuel,
  outcome: record('ReceiptOutcome', { kind: anyText }, { code: anyText, resource: anyText }),
  output: hashText,
  pages: count,
  hostCalls: hashText,
  hash: hashText,
});
export type ReceiptDocument = t.TypeOf<typeof ReceiptDocument>;

/** Amounts are decimal strings in the unit of the ledger. */
export const Balance = record('Balance', {
  tenant: anyText,
  balance: anyText,
  creditLimit: anyText,
  grants: anyText,
  reserved: anyText,
  available: anyText,
});
export type Balance = t.TypeOf<typeof Balance>;

export const Health = record('Health', { status: anyText });
