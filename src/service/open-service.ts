/**
 * The service: HTTP over a pool. Each request is admitted (token, tenant, limits), read within bounds, run, and
 * answered with JSON; every error is a problem with a code (`protocol/problems.ts`).
 *
 * Invariant: every request ends: every wait has a time-out, every buffer a bound. When the service is closed, requests
 * that have begun are finished.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fromHex, hash, isHex, toHex } from '../base/hash.js';
import { NotOrdered } from '../billing/ordered-run.js';
import { decodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { receiptJson } from '../engine/receipt/receipt-json.js';
import type { Pool } from '../pool/open-pool.js';
import { type LineResult, runBatch } from './batch.js';
import { BillingDesk, type ServiceBilling } from './billing-desk.js';
import { closeSlowly, endSlowly } from './close-slowly.js';
import { checkKey, Idempotency, requestIdOf } from './idempotency.js';
import { KeptReceipts } from './kept-receipts.js';
import { LoadedSubjects, loadProblem } from './loaded-subjects.js';
import { Metrics } from './metrics.js';
import { ModuleMemory, type ModulePlace } from './module-place.js';
import { OpenSockets } from './open-sockets.js';
import { openApiDocument } from './openapi.js';
import { BatchHead, BatchLine, CallRequest, type Problem, ValidateRequest } from './protocol/messages.js';
import { PROBLEMS, type ProblemCode, ProblemError, problemOf } from './protocol/problems.js';
import { MEDIA, ROUTES, type RouteName, type RouteRow, routeOf } from './protocol/routes.js';
import { BytesUnderWay, readBody } from './read-body.js';
import { readMessage } from './read-message.js';
import {
  type Billed,
  problemOfFailure,
  type RunOptions,
  type RunResult,
  runInModule,
  runInZomes,
} from './run-request.js';
import { type ServiceLimits, serviceLimits } from './service-limits.js';
import { TenantGate } from './tenant-gate.js';
import type { TenantRow, TokenTable } from './tokens.js';
import { Turns } from './turns.js';

/** A line of the log: without addresses, file paths or anything from the environment. */
export interface LogLine {
  readonly kind: 'request' | 'error' | 'state';
  readonly [key: string]: string | number | undefined;
}

export interface ServiceOptions {
  /** Runs the calls; the service closes it. With a `memo`, it reports which validations were hits. */
  readonly pool: Pool;
  /** The accepted tokens. `none`: every client is the tenant `local`, for use on a single machine. */
  readonly tokens: TokenTable | 'none';
  /** Default: in memory. */
  readonly modules?: ModulePlace;
  readonly billing?: ServiceBilling;
  readonly limits?: Partial<ServiceLimits>;
  /** Whether the pool has a memo: then the metrics include its hits. */
  readonly hasMemo?: boolean;
  readonly version?: string;
  /** A page at `/docs`. It needs `@fastify/swagger-ui`. Default true. */
  readonly page?: boolean;
  /** Called with a line for each request and each error. Default: no log. */
  readonly log?: (line: LogLine) => void;
}

/** The tenant of every client if there are no tokens. */
const LOCAL: TenantRow = { name: 'local', tokens: [], operator: true };
/** Terms of a tenant without an entry in a file. */
const NO_TERMS: Pick<TenantRow, 'requestKey' | 'mustSign'> = {};
const TOKEN = /^Bearer ([A-Z0-9_-]{1,32}\.[A-Z0-9_-]{1,128})$/i;
const NUMBER = /^[1-9][0-9]{0,8}$/;
/** How often connections without a complete head are checked. */
const CONNECTIONS_CHECK_MS = 1_000;
/** The longest response that is kept for an Idempotency-Key. */
const KEPT_RESPONSE_BYTES = 1_048_576;
const PART_BYTES = 65_536;

interface Passed {
  readonly gate: TenantGate;
  readonly leave: () => void;
  /** Its handler has not ended: its run continues when the client has disconnected. */
  isRunning: boolean;
  isOver: boolean;
}

type Handler = (request: FastifyRequest, reply: FastifyReply, gate: TenantGate) => Promise<unknown>;

export async function openService(options: ServiceOptions): Promise<Service> {
  const { default: fastify } = await import('fastify');
  const limits = serviceLimits(options.limits);
  const app = fastify({
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: 0,
    routerOptions: { maxParamLength: limits.headerBytes, ignoreDuplicateSlashes: false },
    frameworkErrors: (error, request, reply) => service.refuse(error, request, reply),
    http: {
      // A request without it is refused with a problem.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(CONNECTIONS_CHECK_MS, limits.headersMs),
      requestTimeout: 0,
    },
    clientErrorHandler: (error, socket) => clientError(error, socket as Socket, service),
  });
  const service: Service = new Service(app as unknown as FastifyInstance, options, limits);
  await service.begin();
  return service;
}

export class Service {
  readonly limits: ServiceLimits;
  /** The OpenAPI document. */
  readonly document: object;
  readonly #app: FastifyInstance;
  readonly #options: ServiceOptions;
  readonly #subjects: LoadedSubjects;
  readonly #modules: ModulePlace;
  readonly #receipts: KeptReceipts;
  readonly #idempotency: Idempotency;
  readonly #underWay: BytesUnderWay;
  readonly #desk: BillingDesk | undefined;
  readonly #sockets: OpenSockets;
  readonly #turns = new Turns();
  #gates: ReadonlyMap<string, TenantGate> = new Map();
  #tokens: TokenTable | 'none';
  readonly #passed = new WeakMap<FastifyRequest, Passed>();
  #metrics: Metrics | undefined;
  /** Handlers that have not ended. */
  #running = 0;
  #rest = () => {};
  #unsettled = 0;
  /** Bytes of modules that are being stored. */
  #storing = 0;
  #isStopping = false;
  #closing: Promise<readonly string[]> | undefined;

  /** @internal Made by `openService`. */
  constructor(app: FastifyInstance, options: ServiceOptions, limits: ServiceLimits) {
    const { pool, modules = new ModuleMemory(), billing, tokens, version = '0' } = options;
    this.#app = app;
    this.#options = options;
    this.limits = limits;
    this.#modules = modules;
    this.#subjects = new LoadedSubjects(pool, modules, limits);
    this.#receipts = new KeptReceipts(limits.receiptBytes);
    this.#idempotency = new Idempotency(limits);
    this.#underWay = new BytesUnderWay(limits.bytesUnderWay);
    this.#desk = billing === undefined ? undefined : new BillingDesk(billing);
    this.#sockets = new OpenSockets(this.server, this.limits.idleMs, this.limits.idleBytes);
    this.#tokens = tokens;
    this.#gates = this.#gatesOf(tokens);
    this.document = openApiDocument({ version, hasTokens: tokens !== 'none', hasBilling: billing !== undefined });
  }

  /** @internal */
  async begin(): Promise<void> {
    const { pool } = this.#options;
    this.#metrics = await Metrics.open(this.limits.tenantsInMetrics, this.#options.hasMemo === true, {
      pool: () => pool.counts,
      subjects: () => this.#subjects.count,
      receipts: () => this.#receipts.count,
      bytesUnderWay: () => this.#underWay.bytes,
      unsettledLines: () => this.#unsettled,
    });
    this.#prepare();
    await this.#addPage();
    for (const name of Object.keys(ROUTES) as RouteName[]) this.#addRoute(name);
    this.#app.get(
      '/openapi.json',
      { config: { route: 'openapi' } },
      async (_, reply) => await reply.send(this.document),
    );
    await this.#app.ready();
  }

  /**
   * Accepts connections. @param port 0 for one that is free
   * @returns the address: `http://127.0.0.1:8080`
   */
  async listen({
    host = '127.0.0.1',
    port = 0,
  }: {
    readonly host?: string;
    readonly port?: number;
  } = {}): Promise<string> {
    await this.#app.listen({ host, port });
    const { server } = this;
    const address = server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${name}:${address.port}`;
  }

  /** @internal */
  get server(): Server {
    return this.#app.server as Server;
  }

  /** Uses other tokens from now on; what tenants have used still counts. */
  setTokens(tokens: TokenTable): void {
    this.#tokens = tokens;
    this.#gates = this.#gatesOf(tokens);
  }

  /**
   * Accepts no more requests, finishes those in progress within `drainMs`, settles, and ends the pool.
   * @returns tenants whose lines the ledger did not accept
   */
  close(): Promise<readonly string[]> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<readonly string[]> {
    this.#isStopping = true;
    const { pool } = this.#options;
    const closed = this.#app.close();
    const cut = setTimeout(() => {
      this.#sockets.destroy();
      void pool.terminate();
    }, this.limits.drainMs);
    await closed;
    // Requests of disconnected clients are also finished and billed.
    while (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#rest = resolve;
      });
    }
    clearTimeout(cut);
    this.#sockets.close();
    const failed = (await this.#desk?.close()) ?? [];
    await pool.close();
    return failed;
  }

  #gatesOf(tokens: TokenTable | 'none'): ReadonlyMap<string, TenantGate> {
    const tenants = tokens === 'none' ? [LOCAL] : tokens.tenants;
    return new Map(
      tenants.map((tenant) => {
        const gate = this.#gates.get(tenant.name) ?? new TenantGate(tenant.name, this.limits, tenant);
        gate.set(tenant);
        return [tenant.name, gate];
      }),
    );
  }

  #prepare(): void {
    const app = this.#app;
    const { server } = this;
    server.maxConnections = this.limits.connections;
    server.on('connect', (_: IncomingMessage, socket: Socket) => socket.end(rawProblem('method-not-allowed')));
    // An expectation that is unknown here may be ignored (RFC 9110, section 10.1.1).
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    app.removeAllContentTypeParsers();
    // Bodies are read by the routes, each within its own bounds.
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.setErrorHandler((error, request, reply) => this.#sendProblem(error, request, reply));
    app.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
    // Before the library reads the body of a request that has no route.
    app.addHook('onRequest', async (request, reply) => {
      const { httpVersion, headers } = request.raw;
      if (httpVersion === '1.1' && headers.host === undefined)
        throw new ProblemError('bad-request', { detail: 'the Host header is missing' });
      if (!request.is404) return;
      this.#notFound(request, reply);
      return reply;
    });
    app.addHook('onSend', async (_, reply, payload) => inParts(reply, payload));
    app.addHook('onResponse', async (request, reply) => this.#ended(request, reply));
  }

  async #addPage(): Promise<void> {
    if (this.#options.page === false) return;
    const { default: swaggerUi } = await import('@fastify/swagger-ui');
    // The plugin expects its document from another plugin, but we have made the document ourselves. JSON is also YAML.
    const documents = Object.assign(
      async (app: FastifyInstance) => {
        const swagger = ({ yaml = false } = {}) => (yaml ? JSON.stringify(this.document) : this.document);
        app.decorate('swagger', swagger as never);
      },
      { [Symbol.for('skip-override')]: true, [Symbol.for('plugin-meta')]: { name: '@fastify/swagger' } },
    );
    await this.#app.register(documents);
    await this.#app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, uiConfig: { url: '/openapi.json' } });
  }

  #addRoute(name: RouteName): void {
    const row = routeOf(name);
    if (row.needsBilling === true && this.#desk === undefined) return;
    const handler = this.#handlers()[name];
    this.#app.route({
      method: row.method,
      url: row.path.replace(/\{(\w+)\}/g, ':$1'),
      config: { route: name },
      onRequest: async (request) => this.#enter(request, row),
      handler: async (request, reply) => await this.#handled(request, reply, handler),
    });
  }

  /** A request has ended when its handler has ended and its connection has received the response or is closed. */
  async #handled(request: FastifyRequest, reply: FastifyReply, handler: Handler): Promise<unknown> {
    const passed = this.#passed.get(request)!;
    this.#running += 1;
    passed.isRunning = true;
    try {
      return await handler.call(this, request, reply, passed.gate);
    } finally {
      this.#running -= 1;
      passed.isRunning = false;
      if (reply.raw.closed || request.raw.socket.destroyed) this.#ended(request, reply);
      else reply.raw.once('close', () => this.#ended(request, reply));
      if (this.#running === 0) this.#rest();
    }
  }

  #handlers(): Readonly<Record<RouteName, Handler>> {
    return {
      validate: (request, reply, gate) =>
        this.#runOne(request, reply, gate, (bytes, billed) => this.#validate(gate, bytes, billed)),
      call: (request, reply, gate) =>
        this.#runOne(request, reply, gate, (bytes, billed) => this.#call(gate, bytes, billed)),
      batch: (request, reply, gate) => this.#batch(request, reply, gate),
      putModule: (request, reply, gate) => this.#putModule(request, reply, gate),
      getModule: (request, reply) => this.#getModule(request, reply),
      receipt: (request, _, gate) => this.#receipt(request, gate),
      balance: (_request, _reply, gate) => this.#desk!.balance(gate.name).catch(rethrow),
      statement: (request, reply, gate) => this.#statement(request, reply, gate),
      health: async () => ({ status: 'ok' }),
      ready: () => this.#ready(),
      metrics: async (_, reply) => {
        this.#unsettled = (await this.#desk?.unsettledLines()) ?? 0;
        return await reply.type(this.#metrics!.contentType).send(await this.#metrics!.text());
      },
    };
  }

  /** Token, tenant, limits, and the type of the body, before anything of it is read. */
  #enter(request: FastifyRequest, row: RouteRow): void {
    if (row.who === 'all') {
      this.#pass(request, NOBODY_GATE(this.limits));
      return;
    }
    const gate = this.#gateOf(request.headers.authorization);
    this.#pass(request, gate);
    if (row.who === 'operator' && !gate.isOperator)
      throw new ProblemError('forbidden', { detail: 'this needs the token of an operator' });
    if (this.#isStopping) throw new ProblemError('stopping', { retryAfterSeconds: 5 });
    const media = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    if (row.request !== undefined && !isMedia(media, row.request.media)) {
      throw new ProblemError('unsupported-media-type', { detail: `send ${row.request.media}` });
    }
    this.#pass(request, gate, gate.enter());
  }

  #pass(request: FastifyRequest, gate: TenantGate, leave = () => {}): void {
    this.#passed.set(request, { gate, leave, isRunning: false, isOver: false });
  }

  #gateOf(authorization: string | undefined): TenantGate {
    if (this.#tokens === 'none') return this.#gates.get(LOCAL.name)!;
    const token = TOKEN.exec(authorization ?? '')?.[1];
    const tenant = token === undefined ? undefined : this.#tokens.tenantOf(token);
    const gate = tenant && this.#gates.get(tenant.name);
    if (gate === undefined) throw new ProblemError('unauthorized');
    return gate;
  }

  /** One validation or call: read, run once for its Idempotency-Key, and respond. */
  async #runOne(
    request: FastifyRequest,
    reply: FastifyReply,
    gate: TenantGate,
    run: (bytes: Uint8Array, billed: Billed) => Promise<RunResult>,
  ): Promise<unknown> {
    const { bodyBytes, bodyMs } = this.limits;
    const body = await readBody(request.raw, { bytesMax: bodyBytes, ms: bodyMs, underWay: this.#underWay });
    gate.useBytes(body.bytes.length);
    try {
      const key = idempotencyKeyOf(request);
      const known =
        key === undefined ? undefined : this.#idempotency.begin(gate.name, key, requestBytes(request, body.bytes));
      if (known !== undefined) {
        return await reply
          .header('idempotency-replayed', 'true')
          .status(known.status)
          .type(MEDIA.json)
          .send(known.body);
      }
      try {
        const result = await run(body.bytes, await this.#billed(gate, key, ''));
        this.#count(gate, result);
        const { text } = result;
        if (key !== undefined && text.length <= KEPT_RESPONSE_BYTES) {
          this.#idempotency.keep(gate.name, key, { status: 200, body: text });
        } else if (key !== undefined) this.#idempotency.forget(gate.name, key);
        return await reply.type(MEDIA.json).send(text);
      } catch (error) {
        if (key !== undefined) this.#idempotency.forget(gate.name, key);
        throw error;
      }
    } finally {
      body.free();
    }
  }

  /** Without billing there is no wait, because a line of a batch may take microseconds. */
  #billed(
    gate: TenantGate,
    key: string | undefined,
    place: number | string,
    waitsFor?: Pool,
  ): Billed | Promise<Billed> {
    const requestId = key === undefined ? undefined : requestIdOf(gate.name, key, place);
    if (this.#desk === undefined) return { billing: undefined, requestId, waitsFor };
    return this.#desk.account(gate.name).then((billing) => ({ billing, requestId, waitsFor }), rethrow);
  }

  async #validate(gate: TenantGate, bytes: Uint8Array, billed: Billed): Promise<RunResult> {
    const message = readMessage(ValidateRequest, bytes, this.limits.fieldBytes);
    return await this.#ordered(gate, message, billed, async (ordered) => {
      if ('zomes' in message) {
        return await this.#subjects.withZomes(message, (zomes) =>
          runInZomes(zomes, message, message, ordered, this.limits),
        );
      }
      return await this.#subjects.withModule(message.module, (module) =>
        runInModule(module, message, message, ordered, this.limits),
      );
    });
  }

  async #call(gate: TenantGate, bytes: Uint8Array, billed: Billed): Promise<RunResult> {
    const message = readMessage(CallRequest, bytes, this.limits.fieldBytes);
    return await this.#ordered(gate, message, billed, (ordered) =>
      this.#subjects.withModule(message.module, (module) =>
        runInModule(module, message, message, ordered, this.limits),
      ),
    );
  }

  /**
   * Runs what signed requests order, or, for a tenant that need not sign, an unsigned request. @throws ProblemError
   * `not-ordered`
   */
  #ordered(
    gate: TenantGate,
    { signedRequests }: { readonly signedRequests?: readonly object[] | undefined },
    billed: Billed,
    run: (billed: Billed) => Promise<RunResult>,
  ): Promise<RunResult> {
    const { requestKey, mustSign } = (this.#tokens === 'none' ? undefined : this.#tokens.tenant(gate.name)) ?? NO_TERMS;
    if (signedRequests !== undefined) return this.#runOrdered(gate, signedRequests, requestKey, billed, run);
    if (mustSign === true) throw new ProblemError('not-ordered', { detail: 'this tenant must sign its requests' });
    return run(billed);
  }

  async #runOrdered(
    gate: TenantGate,
    signedRequests: readonly object[],
    requestKey: string | undefined,
    billed: Billed,
    run: (billed: Billed) => Promise<RunResult>,
  ): Promise<RunResult> {
    const { billing } = billed;
    if (billing === undefined)
      throw new ProblemError('invalid-request', { path: '$.signedRequests', detail: 'this service does not bill' });
    if (requestKey === undefined)
      throw new ProblemError('not-ordered', { detail: 'the service has no key of this tenant' });
    const desk = this.#desk!;
    try {
      const order = desk.ordered(signedRequests, fromHex(requestKey));
      return await run({ ...billed, billing: order.billing(billing), order, secret: desk.secret });
    } catch (error) {
      // What ran is not billed, but counts against the tenant's rate.
      if (error instanceof NotOrdered) gate.useFuel(error.fuelUsed);
      return rethrow(error);
    }
  }

  /** Counts a run, and keeps its receipts. */
  #count(gate: TenantGate, result: RunResult): void {
    this.#metrics!.run(gate.name, result);
    if (result.isHit !== true) gate.useFuel(result.fuel.used);
    const { receipts, hashes } = result;
    for (let i = 0; i < receipts.length; i++) this.#receipts.add(gate.name, hashes[i], receipts[i].bytes);
  }

  async #batch(request: FastifyRequest, reply: FastifyReply, gate: TenantGate): Promise<unknown> {
    const key = idempotencyKeyOf(request);
    if (key !== undefined) checkKey(key);
    await this.#billed(gate, undefined, '');
    reply.hijack();
    const { raw: response } = reply;
    const { fieldBytes, batchWindow } = this.limits;
    const { pool } = this.#options;
    const problemOfError = (error: unknown) => this.#problemOf(error, gate.name, 'batch');
    try {
      await runBatch(request.raw, response, {
        limits: this.limits,
        window: Math.min(batchWindow, pool.window),
        hasRoom: () => pool.hasRoom,
        room: () => pool.room(),
        waitMs: () => gate.waitMs(),
        isStopping: () => this.#isStopping,
        isLongTurn: () => this.#turns.isLong(),
        fairTurn: () => this.#turns.fair(),
        useBytes: (count) => gate.useBytes(count),
        readHead: (bytes) => readMessage(BatchHead, bytes, fieldBytes),
        readLine: (bytes) => readMessage(BatchLine, bytes, fieldBytes),
        run: (head, line, index) => this.#runLine(gate, head, line, key, index),
        problemOf: problemOfError,
      });
    } catch (error) {
      const { problem } = problemOfError(error);
      closeSlowly(request.raw, response, this.limits.lingerMs);
      if (!response.headersSent) sendRaw(response, problem);
      else response.destroy();
    }
    return reply;
  }

  async #runLine(
    gate: TenantGate,
    head: BatchHead,
    line: BatchLine,
    key: string | undefined,
    index: number,
  ): Promise<LineResult> {
    const found = this.#billed(gate, key, line.id ?? index, this.#options.pool);
    const billed = found instanceof Promise ? await found : found;
    const options: RunOptions = head;
    const result = await this.#ordered(gate, line, billed, (ordered) =>
      'zomes' in head
        ? this.#subjects.withZomes(head, (zomes) => runInZomes(zomes, line, options, ordered, this.limits))
        : this.#subjects.withModule(head.module, (module) => runInModule(module, line, options, ordered, this.limits)),
    );
    this.#count(gate, result);
    return { text: result.text, fuelUsed: result.fuel.used };
  }

  async #putModule(request: FastifyRequest, reply: FastifyReply, gate: TenantGate): Promise<unknown> {
    const wanted = hashOf(request);
    const { moduleBytes, bodyMs, storedBytes } = this.limits;
    const body = await readBody(request.raw, { bytesMax: moduleBytes, ms: bodyMs, underWay: this.#underWay });
    gate.useBytes(body.bytes.length);
    let storing = 0;
    try {
      const { bytes } = body;
      const given = toHex(hash(bytes));
      if (given !== wanted) throw new ProblemError('hash-mismatch', { detail: `the hash of these bytes is ${given}` });
      const isKnown = (await this.#modules.get(wanted).catch(rethrow)) !== undefined;
      const stored = await this.#modules.bytes().catch(rethrow);
      if (!isKnown) {
        if (stored + this.#storing + bytes.length > storedBytes) throw new ProblemError('storage-full');
        storing = bytes.length;
        this.#storing += storing;
      }
      const loading = await this.#subjects.tryModule(wanted, bytes).catch(rethrow);
      // A zome has imports that only a zome host provides, but it is still a valid module.
      if (!loading.ok && loading.fault.kind !== 'unlinkable') throw loadProblem(loading.fault);
      const loadPrice = loading.ok ? loading.subject.loadPrice : undefined;
      if (loadPrice !== undefined) await this.#desk?.load(gate.name, wanted, loadPrice).catch(rethrow);
      if (!isKnown) await this.#modules.put(bytes).catch(rethrow);
      const info = { hash: wanted, bytes: bytes.length, ...(loadPrice === undefined ? {} : { loadPrice }) };
      this.#storing -= storing;
      storing = 0;
      return await reply.status(isKnown ? 200 : 201).send(info);
    } finally {
      this.#storing -= storing;
      body.free();
    }
  }

  async #getModule(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const wanted = hashOf(request);
    const bytes = await this.#modules.get(wanted).catch(rethrow);
    if (bytes === undefined) throw new ProblemError('unknown-module');
    const free = this.#underWay.take(bytes.length);
    if (request.raw.socket.destroyed) free();
    else reply.raw.once('close', free);
    return await reply
      .type(MEDIA.wasm)
      .header('cache-control', 'private, immutable, max-age=31536000')
      .header('etag', `"${wanted}"`)
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  async #receipt(request: FastifyRequest, gate: TenantGate): Promise<unknown> {
    const wanted = hashOf(request);
    const bytes =
      this.#receipts.get(gate.name, wanted) ?? (await this.#desk?.receipt(gate.name, wanted).catch(rethrow));
    const decoded = bytes && decodeReceipt(bytes);
    if (decoded?.ok !== true) throw new ProblemError('unknown-receipt');
    return receiptJson(decoded.receipt);
  }

  async #statement(request: FastifyRequest, reply: FastifyReply, gate: TenantGate): Promise<unknown> {
    const { number } = request.params as { readonly number: string };
    if (!NUMBER.test(number))
      throw new ProblemError('invalid-request', { path: '$.number', detail: 'a number from 1' });
    const text = await this.#desk!.statement(gate.name, Number(number)).catch(rethrow);
    if (text === undefined) throw new ProblemError('unknown-statement');
    return await reply.type(MEDIA.json).send(text);
  }

  async #ready(): Promise<object> {
    if (this.#isStopping) throw new ProblemError('stopping', { retryAfterSeconds: 5 });
    const { waiting } = this.#options.pool.counts;
    if (waiting >= this.#options.pool.window * 4) throw new ProblemError('overloaded', { retryAfterSeconds: 1 });
    return { status: 'ready' };
  }

  /** @internal Whether a socket waits for a response to a complete request, or has received a part of one. */
  isAnswering(socket: Socket): boolean {
    return this.#sockets.isAnswering(socket);
  }

  /** @internal Methods of a path; none for an unknown one. */
  methodsOf(path: string): readonly string[] {
    const methods: string[] = (Object.keys(ROUTES) as RouteName[])
      .map(routeOf)
      .filter((row) => (row.needsBilling !== true || this.#desk !== undefined) && patternOf(row.path).test(path))
      .map(({ method }) => method);
    return path === '/openapi.json' ? ['GET'] : methods;
  }

  #notFound(request: FastifyRequest, reply: FastifyReply): unknown {
    const methods = this.methodsOf(request.url.split('?')[0]);
    const isKnown = methods.length > 0;
    if (isKnown) reply.header('allow', methods.join(', '));
    return this.#sendProblem(new ProblemError(isKnown ? 'method-not-allowed' : 'not-found'), request, reply);
  }

  /** @internal Responds to a request that the library refuses before its hooks. */
  refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    reply.raw.once('close', () => this.#ended(request, reply));
    this.#sendProblem(error, request, reply);
  }

  #sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
    const passed = this.#passed.get(request);
    const { problem } = this.#problemOf(error, passed?.gate.name, routeNameOf(request));
    if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
    if (problem.status === PROBLEMS.unauthorized.status) reply.header('www-authenticate', 'Bearer');
    // The rest of an unfinished body is not read: the connection ends after the response.
    if (!request.raw.complete) {
      reply.header('connection', 'close');
      closeSlowly(request.raw, reply.raw, this.limits.lingerMs);
    }
    return reply.status(problem.status).type(MEDIA.problem).send(JSON.stringify(problem));
  }

  /** An error as a problem, which is counted; a bug is logged and not shown to the client. */
  #problemOf(error: unknown, tenant: string | undefined, route: string): ProblemError {
    const known = error instanceof ProblemError ? error : problemOfFailure(error);
    const problem = known instanceof ProblemError ? known : problemOfHttp(known);
    this.#metrics?.problem(problem.code, tenant);
    if (problem.code === 'internal') {
      const { name, message } = known instanceof Error ? known : { name: 'Error', message: String(known) };
      this.#options.log?.({ kind: 'error', route, name, message: withoutPaths(message) });
    }
    return problem;
  }

  #ended(request: FastifyRequest, reply: FastifyReply): void {
    const passed = this.#passed.get(request);
    // The library reports this for a response that was sent, and also if its connection was lost.
    if (passed?.isRunning === true || passed?.isOver === true) return;
    if (passed !== undefined) passed.isOver = true;
    passed?.leave();
    const route = routeNameOf(request);
    const { statusCode: status, elapsedTime } = reply;
    this.#metrics!.request(route, status, elapsedTime / 1_000);
    this.#options.log?.({ kind: 'request', route, status, ms: Math.round(elapsedTime), tenant: passed?.gate.name });
  }
}

/** Long responses are written in parts, so that we can see whether the client reads them (`open-sockets.ts`). */
function inParts(reply: FastifyReply, payload: unknown): unknown {
  if (!(typeof payload === 'string' || payload instanceof Uint8Array) || payload.length <= PART_BYTES) return payload;
  const bytes =
    typeof payload === 'string'
      ? Buffer.from(payload)
      : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  reply.header('content-length', bytes.length);
  const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, i) =>
    bytes.subarray(i * PART_BYTES, (i + 1) * PART_BYTES),
  );
  return Readable.from(parts, { objectMode: false });
}

/** Public routes have no tenant. */
function NOBODY_GATE(limits: ServiceLimits): TenantGate {
  return new TenantGate('nobody', limits);
}

function rethrow(error: unknown): never {
  throw problemOfFailure(error);
}

function routeNameOf(request: FastifyRequest): string {
  const { route } = request.routeOptions.config as { readonly route?: string };
  return route ?? 'other';
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  // A header that occurs twice is one text, too.
  return request.headers['idempotency-key'] as string | undefined;
}

function requestBytes(request: FastifyRequest, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${request.method} ${request.url}\n`), body]);
}

function hashOf(request: FastifyRequest): string {
  const { hash: wanted } = request.params as { readonly hash: string };
  if (isHex(wanted)) return wanted;
  throw new ProblemError('invalid-request', { path: '$.hash', detail: 'a hash has 64 lower-case hexadecimal digits' });
}

/** JSON lines have more than one name. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  [MEDIA.lines]: ['application/jsonl', 'application/jsonlines', 'application/x-jsonlines'],
  [MEDIA.wasm]: [MEDIA.bytes],
};

function isMedia(given: string, wanted: string): boolean {
  return given === wanted || (ALIASES[wanted] ?? []).includes(given);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** The HTTP library refuses a request, such as a path that cannot be decoded; every other error is a bug. */
function problemOfHttp(error: unknown): ProblemError {
  const { statusCode = 500 } = error as { readonly statusCode?: number };
  return new ProblemError(statusCode < 500 ? 'bad-request' : 'internal');
}

/** Removes paths of this machine from an error message. */
function withoutPaths(message: string): string {
  return message.replace(/(?:[A-Za-z]:)?[\\/][^\s'"`]+/g, '(path)').slice(0, 500);
}

function sendRaw(response: ServerResponse, problem: Problem): void {
  response.writeHead(problem.status, { 'content-type': MEDIA.problem, connection: 'close' });
  response.end(JSON.stringify(problem));
}

const REASONS: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'timeout',
};

/** Input that is not a request, or has an unknown method. */
function clientError(
  error: Error & { readonly code?: string; readonly rawPacket?: unknown },
  socket: Socket,
  service: Service,
): void {
  // In the middle of another response, nothing can be said.
  if (!socket.writable || error.code === 'ECONNRESET' || service.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_INVALID_METHOD'
      ? rawMethodProblem(error.rawPacket, (path) => service.methodsOf(path))
      : rawProblem(REASONS[error.code ?? ''] ?? 'bad-request');
  endSlowly(socket, service.limits.lingerMs, problem);
}

function rawMethodProblem(packet: unknown, methodsOf: (path: string) => readonly string[]): string {
  const [, path] =
    /^[!-~]+ ([^ ?]+)[^ ]* HTTP\/1\.1\r\n/.exec(
      packet instanceof Uint8Array ? Buffer.from(packet.subarray(0, 2_048)).toString('latin1') : '',
    ) ?? [];
  if (path === undefined) return rawProblem('bad-request');
  const methods = methodsOf(path);
  return methods.length === 0
    ? rawProblem('not-found')
    : rawProblem('method-not-allowed', `allow: ${methods.join(', ')}`);
}

function rawProblem(code: ProblemCode, ...headers: readonly string[]): string {
  const body = JSON.stringify(problemOf(code));
  const head = [
    `HTTP/1.1 ${PROBLEMS[code].status} ${code}`,
    `content-type: ${MEDIA.problem}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
