/**
 * The client of the service, over `fetch`: the codecs with which the server decodes also type its requests and
 * responses. It runs in browsers and in Node, and needs none of the server's libraries.
 *
 * Invariant: content with a hash is checked against it; a response is decoded before it is returned; a request that may
 * cost something has an Idempotency-Key, so that a retry is the same request.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { hash, toHex } from '../../base/hash.js';
import { codecErrorOf } from '../../boundary/codec.js';
import { encodeBinary } from '../../boundary/encode-binary.js';
import { DEFAULT_FUEL } from '../../engine/default-fuel.js';
import {
  Balance,
  BatchHead,
  BatchLine,
  BatchResult,
  Called,
  CallRequest,
  ModuleInfo,
  Problem,
  ReceiptDocument,
  Validated,
  ValidateRequest,
} from '../protocol/messages.js';
import { MEDIA, ROUTES, type RouteName, routeOf } from '../protocol/routes.js';
import { JsonText } from '../protocol/schema-types.js';

export interface ClientOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly token?: string;
  /** Default: the host's `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * Signs calls, if the tenant must: `requestSigner` of `assay/billing`. It signs inputs that are bytes (`inputBase64`,
   * `payloadBase64`). The bytes of other inputs are known only from a run, so pass their `signedRequests` with them.
   */
  readonly sign?: (call: CallToSign) => object;
  /**
   * How often a request is repeated if the service is busy (429, 503), after the time that the service names. Default
   * 3.
   */
  readonly retries?: number;
}

/** The facts of a call in a signed request; hashes are in hexadecimal. */
export interface CallToSign {
  readonly module: string;
  readonly export: string;
  readonly input: string;
  readonly fuelLimit: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /**
   * Identifies the request: a second one with the same key gets the same response and is billed once. Default: a random
   * key for each request.
   */
  readonly idempotencyKey?: string;
}

/** The service has refused a request, or the response is not one of the service. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
    this.name = 'ServiceError';
  }

  get code(): string {
    return this.problem.code;
  }
}

/** JSON in a request: a value, or its exact text. */
type Loose<T> = T extends JsonText
  ? unknown
  : T extends Uint8Array
    ? Uint8Array
    : T extends readonly (infer I)[]
      ? readonly Loose<I>[]
      : T extends object
        ? { readonly [K in keyof T]: Loose<T[K]> }
        : T;
type Given<T> = T extends unknown ? Loose<T> : never;

export type ValidateGiven = Given<ValidateRequest>;
export type CallGiven = Given<CallRequest>;
export type BatchHeadGiven = Given<BatchHead>;
export type BatchLineGiven = Given<BatchLine>;

/** The result of a line. */
export type BatchItem = Exclude<BatchResult, { readonly summary: unknown }>;

const RETRIES = 3;
const RETRY_STATUS: readonly number[] = [429, 503];
const RETRY_SECONDS_MAX = 30;
/** How many lines, and about how many bytes, one request of a batch has. */
const BATCH_LINES = 2_000;
const BATCH_BYTES = 4_194_304;

export class Client {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #retries: number;
  readonly #sign: ClientOptions['sign'];

  constructor({ url, token, sign, fetch: given = globalThis.fetch, retries = RETRIES }: ClientOptions) {
    this.#sign = sign;
    this.#url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#fetch = given;
    this.#retries = retries;
  }

  /** @throws ServiceError */
  async validate(request: ValidateGiven, options: RequestOptions = {}): Promise<Validated> {
    return await this.#post('validate', jsonOf(ValidateRequest, this.#signed(request, request)), Validated, options);
  }

  /** @throws ServiceError */
  async call(request: CallGiven, options: RequestOptions = {}): Promise<Called> {
    return await this.#post('call', jsonOf(CallRequest, this.#signed(request, request)), Called, options);
  }

  /**
   * Runs many inputs with common settings; yields results in the order of the inputs, or as they complete
   * (`order: 'completion'`). Lines are sent in requests of some thousand, so that it works over any `fetch`; what an
   * interrupted request left undone is sent again.
   * @throws ServiceError for a batch that the service refuses; the error of a single line is its result
   */
  async *batch(
    head: BatchHeadGiven,
    lines: AsyncIterable<BatchLineGiven> | Iterable<BatchLineGiven>,
    options: RequestOptions = {},
  ): AsyncGenerator<BatchItem, void, undefined> {
    const { idempotencyKey = crypto.randomUUID() } = options;
    const first = jsonOf(BatchHead, head);
    let sent = 0;
    let part: string[] = [];
    let bytes = 0;
    const send = async function* (this: Client): AsyncGenerator<BatchItem, void, undefined> {
      yield* this.#part(first, part, sent, { ...options, idempotencyKey });
      sent += part.length;
      part = [];
      bytes = 0;
    }.bind(this);
    for await (const line of lines) {
      // A line's id is its position in the batch, whichever request it is sent in.
      const text = jsonOf(BatchLine, { id: String(sent + part.length), ...this.#signed(line, head) });
      part.push(text);
      bytes += text.length;
      if (part.length >= BATCH_LINES || bytes >= BATCH_BYTES) yield* send();
    }
    if (part.length > 0) yield* send();
  }

  /** Stores a module, and returns its hash. @throws ServiceError */
  async putModule(wasm: Uint8Array, { signal }: Pick<RequestOptions, 'signal'> = {}): Promise<ModuleInfo> {
    const path = pathOf('putModule', toHex(hash(wasm)));
    const headers = { 'content-type': MEDIA.wasm };
    const response = await this.#send(path, { method: 'PUT', body: wasm as BodyInit, headers }, signal);
    return decoded(ModuleInfo, await response.text());
  }

  /** @throws ServiceError for a module that does not exist, or does not match its hash */
  async getModule(module: string, { signal }: Pick<RequestOptions, 'signal'> = {}): Promise<Uint8Array> {
    const response = await this.#send(pathOf('getModule', module), {}, signal);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (toHex(hash(bytes)) === module) return bytes;
    throw notUnderstood('the bytes do not have the hash that was asked for');
  }

  /** @throws ServiceError */
  async receipt(receipt: string, { signal }: Pick<RequestOptions, 'signal'> = {}): Promise<ReceiptDocument> {
    const response = await this.#send(pathOf('receipt', receipt), {}, signal);
    return decoded(ReceiptDocument, await response.text());
  }

  /** @throws ServiceError */
  async balance({ signal }: Pick<RequestOptions, 'signal'> = {}): Promise<Balance> {
    const response = await this.#send(routeOf('balance').path, {}, signal);
    return decoded(Balance, await response.text());
  }

  /** A signed invoice, as `checkInvoice` of `assay/billing` reads it. @throws ServiceError */
  async statement(number: number, { signal }: Pick<RequestOptions, 'signal'> = {}): Promise<string> {
    return await (await this.#send(pathOf('statement', String(number)), {}, signal)).text();
  }

  /** Whether the service accepts requests. */
  async isReady({ signal }: Pick<RequestOptions, 'signal'> = {}): Promise<boolean> {
    const response = await this.#fetch(this.#url + ROUTES.ready.path, signal === undefined ? {} : { signal });
    await response.arrayBuffer();
    return response.ok;
  }

  /** @param run the fields that a line takes from the head of its batch */
  #signed(input: object, run: object): object {
    if (this.#sign === undefined || 'signedRequests' in input) return input;
    const { module, export: name = 'validate', fuel = DEFAULT_FUEL } = run as Readonly<Record<string, unknown>>;
    const hashed = inputHashOf(input);
    if (typeof module !== 'string' || typeof name !== 'string' || typeof fuel !== 'number' || hashed === undefined)
      throw new RangeError(
        'only inputBase64 and payloadBase64 can be signed here: give signedRequests with other inputs',
      );
    return { ...input, signedRequests: [this.#sign({ module, export: name, input: hashed, fuelLimit: fuel })] };
  }

  async #post<A>(
    route: RouteName,
    body: string,
    type: t.Type<A, unknown, unknown>,
    { signal, idempotencyKey = crypto.randomUUID() }: RequestOptions,
  ): Promise<A> {
    const headers = { 'content-type': MEDIA.json, 'idempotency-key': idempotencyKey };
    const response = await this.#send(routeOf(route).path, { method: 'POST', body, headers }, signal);
    return decoded(type, await response.text());
  }

  /** One request of a batch, repeated for what it left undone. */
  async *#part(
    head: string,
    lines: readonly string[],
    before: number,
    { signal, idempotencyKey = '' }: RequestOptions,
  ): AsyncGenerator<BatchItem, void, undefined> {
    const isDone = new Uint8Array(lines.length);
    for (let tries = 0; ; tries++) {
      const left = [...isDone.keys()].filter((i) => isDone[i] === 0);
      const body = [head, ...left.map((i) => lines[i])].join('\n');
      const headers = { 'content-type': MEDIA.lines, 'idempotency-key': idempotencyKey };
      let response: Response;
      try {
        response = await this.#send(routeOf('batch').path, { method: 'POST', body, headers }, signal);
      } catch (error) {
        // A service is unreachable for a while when it restarts.
        if (error instanceof ServiceError || signal?.aborted === true || tries >= this.#retries) throw error;
        await waited(1, signal);
        continue;
      }
      let cut: Problem | undefined = CUT;
      for await (const text of linesOf(response, signal)) {
        const item = decoded(BatchResult, text);
        if ('summary' in item) {
          cut = item.summary.problem;
          continue;
        }
        const at = left[item.index];
        if (isDone[at] !== 0) throw notUnderstood(`a result of line ${item.index}, which was not sent`);
        isDone[at] = 1;
        yield { ...item, index: before + at };
      }
      if (isDone.every((done) => done === 1)) return;
      const { status = 503, retryAfterSeconds = 1 } = cut ?? CUT;
      if (tries >= this.#retries || !RETRY_STATUS.includes(status)) throw new ServiceError(status, cut ?? CUT);
      await waited(retryAfterSeconds, signal);
    }
  }

  async #send(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    const token = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const whole = { ...init, headers: { ...init.headers, ...token }, ...(signal === undefined ? {} : { signal }) };
    for (let tries = 0; ; tries++) {
      const response = await this.#fetch(this.#url + path, whole);
      if (response.ok) return response;
      const problem = await problemIn(response);
      if (tries >= this.#retries || !RETRY_STATUS.includes(response.status))
        throw new ServiceError(response.status, problem);
      await waited(problem.retryAfterSeconds ?? 1, signal);
    }
  }
}

const CUT_OFF = { done: true, value: undefined } as const;

/** The hash of the input as in the receipt; undefined if only a run can compute it. */
function inputHashOf(input: object): string | undefined {
  if ('payloadBase64' in input && input.payloadBase64 instanceof Uint8Array) return toHex(hash(input.payloadBase64));
  if ('inputBase64' in input && input.inputBase64 instanceof Uint8Array)
    return toHex(hash(encodeBinary(input.inputBase64)));
  return undefined;
}

/** The connection ended before the summary. */
const CUT: Problem = {
  type: 'about:blank',
  title: 'The batch was cut.',
  status: 503,
  code: 'cut',
  retryAfterSeconds: 1,
};

function notUnderstood(detail: string): ServiceError {
  return new ServiceError(502, foreign(502, detail));
}

/** The problem of a response that is not one of the service. */
function foreign(status: number, detail: string): Problem {
  return {
    type: 'about:blank',
    title: 'This is not a response of the service.',
    status,
    code: 'not-understood',
    detail,
  };
}

function pathOf(route: RouteName, parameter: string): string {
  return routeOf(route).path.replace(/\{\w+\}/, encodeURIComponent(parameter));
}

/** The text of a message, checked as the server will check it. JSON that was passed as `JsonText` is sent unchanged. */
function jsonOf<A>(type: t.Type<A, unknown, unknown>, given: unknown): string {
  const read = type.decode(given);
  if (E.isLeft(read)) {
    const { path, reason } = codecErrorOf(read.left);
    throw new RangeError(`not a valid request: ${reason} at ${path}`);
  }
  const message = read.right as Readonly<Record<string, unknown>>;
  const encoded = type.encode(read.right) as Readonly<Record<string, unknown>>;
  const fields = Object.keys(encoded).map((key) => {
    const value = message[key];
    const text =
      value instanceof JsonText
        ? new TextDecoder().decode(value.bytes).replaceAll('\n', ' ')
        : JSON.stringify(encoded[key]);
    return `${JSON.stringify(key)}:${text}`;
  });
  return `{${fields.join(',')}}`;
}

function decoded<A>(type: t.Type<A, unknown, unknown>, text: string): A {
  const read = type.decode(parsed(text));
  if (E.isRight(read)) return read.right;
  const { path, reason } = codecErrorOf(read.left);
  throw notUnderstood(`${reason} at ${path}`);
}

/** The value of JSON; undefined for a text that is not JSON, such as the page of a proxy. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function problemIn(response: Response): Promise<Problem> {
  const read = Problem.decode(parsed(await response.text()));
  if (E.isRight(read)) return read.right;
  const { status, statusText, headers } = response;
  const seconds = headers.get('retry-after') ?? '';
  return {
    ...foreign(status, `${status} ${statusText}`),
    ...(/^\d{1,9}$/.test(seconds) ? { retryAfterSeconds: Number(seconds) } : {}),
  };
}

/** The lines of a response, up to where the connection broke. */
async function* linesOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => CUT_OFF);
      signal?.throwIfAborted();
      if (done) break;
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = parts.pop()!;
      yield* parts;
    }
  } finally {
    // If the caller has seen enough, the rest is not read.
    await reader.cancel().catch(() => undefined);
  }
  // A last line without a newline is incomplete.
}

async function waited(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, Math.min(seconds, RETRY_SECONDS_MAX) * 1_000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
