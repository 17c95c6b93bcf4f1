/**
 * A batch: for each line of JSON, a result line is written while more lines are read. Memory does not grow with its
 * length: lines are read only as far ahead as the pool can use, and not while the client does not read the results.
 *
 * Invariant: every line that was read has one result line, and the last line is the summary, with the reason if the
 * batch ended early. Without a summary, the batch was interrupted.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Ran, runGroups } from '../pool/run-all.js';
import { closeSlowly } from './close-slowly.js';
import type { BatchHead, BatchLine } from './protocol/messages.js';
import { ProblemError } from './protocol/problems.js';
import type { ServiceLimits } from './service-limits.js';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);
/** How many bytes of results are written together. */
const WRITE_BYTES = 65_536;
/** How long a batch waits for its tenant's rate before it checks whether it has to end. */
const WAIT_MS = 250;

/** The result of a line: the JSON of an object with at least one field. */
export interface LineResult {
  readonly text: string;
  readonly fuelUsed: number;
}

export interface BatchParts {
  readonly limits: ServiceLimits;
  readonly window: number;
  /** Whether the pool has room for more lines, and a promise that resolves when it has. */
  readonly hasRoom: () => boolean;
  readonly room: () => Promise<void>;
  /** Milliseconds that the tenant has to wait before the next line. */
  readonly waitMs: () => number;
  readonly isStopping: () => boolean;
  /** Whether it is the turn of other requests, and a promise that resolves after it. */
  readonly isLongTurn: () => boolean;
  readonly fairTurn: () => Promise<void>;
  readonly useBytes: (count: number) => void;
  readonly readHead: (bytes: Uint8Array) => BatchHead;
  readonly readLine: (bytes: Uint8Array) => BatchLine;
  /** Runs a line. @throws ProblemError */
  readonly run: (head: BatchHead, line: BatchLine, index: number) => Promise<LineResult>;
  /** The error of a line as a problem, which is counted; any other error is a bug and is returned as one. */
  readonly problemOf: (error: unknown) => ProblemError;
}

/** Reads the lines of a request within its bounds. If the client sends too slowly, it ends with `timeout`. */
export class RequestLines {
  readonly #request: IncomingMessage;
  readonly #limits: ServiceLimits;
  readonly #useBytes: (count: number) => void;
  readonly #chunks: AsyncGenerator<Buffer, void, undefined>;
  #chunk: Buffer = NOTHING;
  /** Where the rest of the next line begins in the current chunk. */
  #at = 0;
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Bytes since the client was last checked. */
  #received = 0;

  constructor(request: IncomingMessage, limits: ServiceLimits, useBytes: (count: number) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#useBytes = useBytes;
    this.#chunks = this.#read();
  }

  /** The next line; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const line = this.take();
      if (line !== undefined) return line;
      if (!(await this.#more())) return undefined;
    }
  }

  /** The next line if it has come. */
  take(): Uint8Array | undefined {
    const end = this.#chunk.indexOf(NEWLINE, this.#at);
    // A line that is too long is refused with the rest of the chunk.
    if (end < 0 || this.#restBytes + end - this.#at > this.#limits.lineBytes) return undefined;
    const line = this.#chunk.subarray(this.#at, end);
    this.#at = end + 1;
    if (this.#restBytes === 0) return line;
    const whole = Buffer.concat([...this.#rest, line]);
    this.#rest = [];
    this.#restBytes = 0;
    return whole;
  }

  /** Waits for the next chunk. @returns false when there is nothing more */
  async #more(): Promise<boolean> {
    this.#keepRest();
    const next = await this.#chunks.next();
    if (next.done !== true) {
      this.#chunk = next.value;
      this.#useBytes(this.#chunk.length);
    } else if (this.#restBytes > 0) this.#chunk = Buffer.of(NEWLINE);
    else return false;
    this.#at = 0;
    return true;
  }

  #keepRest(): void {
    const { lineBytes } = this.#limits;
    if (this.#at < this.#chunk.length) {
      // A copy if it is short, so that a part of a line does not keep the whole chunk in memory.
      this.#rest.push(Buffer.from(this.#chunk.subarray(this.#at)));
      this.#restBytes += this.#chunk.length - this.#at;
    }
    this.#chunk = NOTHING;
    this.#at = 0;
    if (this.#restBytes > lineBytes)
      throw new ProblemError('too-large', { detail: `a line has more than ${lineBytes} bytes` });
  }

  /** Chunks; ends if the client sends nothing, or next to nothing, for some time. */
  async *#read(): AsyncGenerator<Buffer, void, undefined> {
    const { idleMs, idleBytes } = this.#limits;
    const iterator = this.#request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let waitedMs = 0;
    for (;;) {
      const beganMs = performance.now();
      const next = await within(iterator.next().catch(cutOff), idleMs - waitedMs);
      if (next === 'late') {
        // The iterator is waiting; the end of the connection ends that.
        throw new ProblemError('timeout', { detail: `less than ${idleBytes} bytes in ${idleMs} ms` });
      }
      waitedMs += performance.now() - beganMs;
      if (next.done === true) return;
      this.#received += next.value.length;
      if (this.#received >= idleBytes) {
        this.#received = 0;
        waitedMs = 0;
      }
      yield next.value;
    }
  }
}

/** The result of a promise, or `late` after some time. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    // After being busy, the event loop runs timers before it reads data that has arrived in time, so let it read first.
    timer = setTimeout(() => setImmediate(() => resolve('late')), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes of the lines that were read and have no result yet. */
class LinesUnderWay {
  #bytes = 0;
  readonly #waiting: (() => void)[] = [];

  get bytes(): number {
    return this.#bytes;
  }

  begin(bytes: number): void {
    this.#bytes += bytes;
  }

  end(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.length > 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when there are at most this many. */
  async atMost(bytes: number): Promise<void> {
    while (this.#bytes > bytes) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}

/** Writes lines in groups; a client that does not read them in time is disconnected (`open-sockets.ts`). */
class ResponseLines {
  readonly #response: ServerResponse;
  #text = '';
  #isFlushing = false;
  isCut = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => {
      this.isCut = true;
    });
  }

  /** Whether enough lines wait to be written together: flush before the next line. */
  get isFull(): boolean {
    return this.#text.length >= WRITE_BYTES;
  }

  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // The client may wait for these lines before it sends more.
    setImmediate(async () => {
      await this.#drained();
      this.#isFlushing = false;
      this.#send();
    });
  }

  async flush(): Promise<void> {
    await this.#drained();
    this.#send();
    await this.#drained();
  }

  #send(): void {
    if (this.#text !== '' && !this.isCut) this.#response.write(this.#text);
    this.#text = '';
  }

  async #drained(): Promise<void> {
    const response = this.#response;
    if (this.isCut || !response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }
}

/**
 * Runs a batch to its end. The head is read before the response begins, so that an error in it has a status.
 * @throws ProblemError before the response has begun
 */
export async function runBatch(request: IncomingMessage, response: ServerResponse, parts: BatchParts): Promise<number> {
  const { limits } = parts;
  const reader = new RequestLines(request, limits, parts.useBytes);
  const first = await reader.next();
  if (first === undefined)
    throw new ProblemError('invalid-request', { detail: 'the first line of the batch is missing' });
  const head = parts.readHead(first);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const out = new ResponseLines(response);
  const underWay = new LinesUnderWay();
  const inputs = new BatchInputs(reader, parts, underWay, out);
  const run = async (bytes: Uint8Array, index: number): Promise<LineResult> => {
    underWay.begin(bytes.length);
    try {
      return await parts.run(head, parts.readLine(bytes), index);
    } finally {
      underWay.end(bytes.length);
    }
  };
  const taking = {
    window: parts.window,
    room: parts.room,
    get hasRoom() {
      return parts.hasRoom();
    },
  };
  const order = head.order === 'completion' ? 'completion' : 'input';
  const written = new Written(parts);
  for await (const { items, take } of runGroups(taking, inputs.groups(), run, { order })) {
    for (const ran of items) {
      take();
      out.write(written.line(ran));
      if (out.isFull) await out.flush();
      if (out.isCut) break;
    }
    if (out.isCut) break;
  }
  // Lines of a disconnected client count for its tenant as long as they run.
  await underWay.atMost(0);
  out.write(written.summary(inputs.ended));
  await out.flush();
  // Do not wait for the unread part of the request.
  if (inputs.ended !== undefined) closeSlowly(request, response, limits.lingerMs);
  response.end();
  return written.lines;
}

/** The lines of a batch, as long as it may continue. */
class BatchInputs {
  readonly #reader: RequestLines;
  readonly #parts: BatchParts;
  readonly #underWay: LinesUnderWay;
  readonly #out: ResponseLines;
  readonly #endMs: number;
  #lines = 0;
  /** Why the batch ended early. */
  ended: ProblemError | undefined;

  constructor(reader: RequestLines, parts: BatchParts, underWay: LinesUnderWay, out: ResponseLines) {
    this.#reader = reader;
    this.#parts = parts;
    this.#underWay = underWay;
    this.#out = out;
    this.#endMs = performance.now() + parts.limits.batchMs;
  }

  async *groups(): AsyncGenerator<Iterable<Uint8Array>, void, undefined> {
    const parts = this.#parts;
    const { limits } = parts;
    try {
      for (;;) {
        if (this.#out.isCut) return;
        if (parts.isStopping()) throw new ProblemError('stopping', { retryAfterSeconds: 5 });
        if (performance.now() > this.#endMs)
          throw new ProblemError('timeout', { detail: `a batch ends after ${limits.batchMs} ms` });
        const waitMs = parts.waitMs();
        if (waitMs > 0) {
          await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, WAIT_MS)));
          continue;
        }
        await this.#underWay.atMost(limits.lineBytes);
        await parts.fairTurn();
        const next = await this.#reader.next();
        if (next === undefined) return;
        if (next.length > 0 && this.#lines >= limits.batchLines)
          throw new ProblemError('too-large', { detail: `a batch has at most ${limits.batchLines} lines` });
        yield this.#ready(next);
      }
    } catch (error) {
      this.ended = parts.problemOf(error);
    }
  }

  /** Lines that are available without waiting. */
  *#ready(first: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (
      let line: Uint8Array | undefined = first;
      line !== undefined;
      line = this.#goesOn ? this.#reader.take() : undefined
    ) {
      // Empty lines are skipped, such as the last one.
      if (line.length === 0) continue;
      this.#lines += 1;
      yield line;
    }
  }

  get #goesOn(): boolean {
    const parts = this.#parts;
    const { limits } = parts;
    if (this.#lines >= limits.batchLines || this.#underWay.bytes > limits.lineBytes) return false;
    if (this.#out.isCut || parts.isStopping() || parts.waitMs() > 0 || parts.isLongTurn()) return false;
    return performance.now() <= this.#endMs;
  }
}

/** The lines of a response, and their totals. */
class Written {
  readonly #parts: BatchParts;
  lines = 0;
  #problems = 0;
  #fuelUsed = 0n;
  /** Not yet added to the sum; small enough to be exact as a number. */
  #fuelOfLate = 0;

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  line(ran: Ran<Uint8Array, LineResult>): string {
    this.lines += 1;
    if (!ran.ok) {
      this.#problems += 1;
      return JSON.stringify({ index: ran.index, problem: this.#parts.problemOf(ran.error).problem });
    }
    const { text, fuelUsed } = ran.result;
    if (this.#fuelOfLate + fuelUsed > Number.MAX_SAFE_INTEGER) this.#sum();
    this.#fuelOfLate += fuelUsed;
    return `{"index":${ran.index},${text.slice(1)}`;
  }

  summary(ended: ProblemError | undefined): string {
    this.#sum();
    const summary = {
      lines: this.lines,
      problems: this.#problems,
      fuelUsed: String(this.#fuelUsed),
      ...(ended === undefined ? {} : { problem: ended.problem }),
    };
    return JSON.stringify({ summary });
  }

  #sum(): void {
    this.#fuelUsed += BigInt(this.#fuelOfLate);
    this.#fuelOfLate = 0;
  }
}

/** The client may end the connection in the middle of its body. */
function cutOff(error: unknown): never {
  const isCut = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
  throw isCut ? new ProblemError('bad-request', { detail: 'the body ended early' }) : error;
}
