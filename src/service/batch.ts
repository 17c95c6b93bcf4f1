/**
 * A batch: lines of JSON in, a line for each out, while more come in. Nothing grows with its length: lines are read as far ahead as the pool
 * can use, and not at all while nobody takes the results.
 *
 * Invariant: every line that was read has one line of result, and the last line is the summary, which says why a batch ended early. A client
 * that sees no summary has seen a batch that was cut.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { runAll } from '../pool/run-all.js';
import type { BatchHead, BatchLine } from './protocol/messages.js';
import { ProblemError } from './protocol/problems.js';
import type { ServiceLimits } from './service-limits.js';

const NEWLINE = 0x0a;
/** Bytes of results that are written together. */
const WRITE_BYTES = 65_536;
/** How long a batch waits for its tenant's rate before it looks whether it has to end. */
const WAIT_MS = 250;

export interface BatchParts {
  readonly limits: ServiceLimits;
  readonly window: number;
  /** Resolves when the pool has room for more lines. */
  readonly room: () => Promise<void>;
  /** Milliseconds that the tenant has to wait before the next line. */
  readonly waitMs: () => number;
  readonly isStopping: () => boolean;
  /** Resolves when other requests have had their turn. */
  readonly fairTurn: () => Promise<void>;
  readonly useBytes: (count: number) => void;
  readonly readHead: (bytes: Uint8Array) => BatchHead;
  readonly readLine: (bytes: Uint8Array) => BatchLine;
  /** Runs a line. @throws ProblemError */
  readonly run: (
    head: BatchHead,
    line: BatchLine,
    index: number,
  ) => Promise<{ readonly body: object; readonly fuelUsed: number }>;
  /** A problem of a line, to be counted; what is no problem is a bug, and comes back as one. */
  readonly problemOf: (error: unknown) => ProblemError;
}

/** Reads the lines of a request within its bounds. Whoever sends too slowly ends it by a `timeout`. */
export class RequestLines {
  readonly #request: IncomingMessage;
  readonly #limits: ServiceLimits;
  readonly #useBytes: (count: number) => void;
  /** Since the client was last looked at. */
  #received = 0;

  constructor(request: IncomingMessage, limits: ServiceLimits, useBytes: (count: number) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#useBytes = useBytes;
  }

  async *lines(): AsyncGenerator<Uint8Array, void, undefined> {
    const { lineBytes } = this.#limits;
    let rest: Buffer[] = [];
    let restBytes = 0;
    for await (const chunk of this.#chunks()) {
      this.#useBytes(chunk.length);
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const line = chunk.subarray(from, at);
        yield restBytes === 0 ? line : Buffer.concat([...rest, line]);
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      if (from < chunk.length) {
        // A copy of what is short: a part of a line must not hold the whole chunk.
        rest.push(Buffer.from(chunk.subarray(from)));
        restBytes += chunk.length - from;
      }
      if (restBytes > lineBytes)
        throw new ProblemError('too-large', { detail: `a line has more than ${lineBytes} bytes` });
    }
    if (restBytes > 0) yield Buffer.concat(rest);
  }

  /** Chunks; a client of which nothing comes, or next to nothing, for some time is given up. */
  async *#chunks(): AsyncGenerator<Buffer, void, undefined> {
    const { idleMs, idleBytes } = this.#limits;
    const iterator = this.#request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let waitedMs = 0;
    for (;;) {
      const beganMs = performance.now();
      const next = await within(iterator.next(), idleMs - waitedMs);
      if (next === 'late') {
        // The iterator is in the middle of a wait, which the end of the connection ends.
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

/** What a promise comes to, or `late` after some time. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    // A loop that was busy sees that the time is over before it sees what came in time: that is read first.
    timer = setTimeout(() => setImmediate(() => resolve('late')), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes of the lines that were read and have no result. */
class LinesUnderWay {
  #bytes = 0;
  readonly #waiting: (() => void)[] = [];

  begin(bytes: number): void {
    this.#bytes += bytes;
  }

  end(bytes: number): void {
    this.#bytes -= bytes;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when there are no more than so many. */
  async atMost(bytes: number): Promise<void> {
    while (this.#bytes > bytes) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}

/** Writes lines, some at a time; who does not take them in time is cut (`open-sockets.ts`). */
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

  async write(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= WRITE_BYTES) await this.flush();
    else if (!this.#isFlushing) {
      this.#isFlushing = true;
      setImmediate(() => {
        this.#isFlushing = false;
        if (this.#text !== '' && !this.isCut && !this.#response.writableNeedDrain) this.#send();
      });
    }
  }

  async flush(): Promise<void> {
    if (this.isCut) return;
    if (this.#response.writableNeedDrain) await this.#drained();
    if (this.#text !== '' && !this.isCut) this.#send();
    if (this.#response.writableNeedDrain) await this.#drained();
  }

  #send(): void {
    this.#response.write(this.#text);
    this.#text = '';
  }

  async #drained(): Promise<void> {
    if (this.isCut) return;
    const response = this.#response;
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
 * Runs a batch to its end. The head is read before the response begins, so that what is wrong with it has a status.
 * @throws ProblemError before the response has begun
 */
export async function runBatch(request: IncomingMessage, response: ServerResponse, parts: BatchParts): Promise<number> {
  const { limits } = parts;
  const reader = new RequestLines(request, limits, parts.useBytes).lines();
  const first = await reader.next();
  if (first.done === true) throw new ProblemError('invalid-request', { detail: 'a batch has a first line' });
  const head = parts.readHead(first.value);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const out = new ResponseLines(response);
  const endMs = performance.now() + limits.batchMs;
  const underWay = new LinesUnderWay();
  let ended: ProblemError | undefined;
  async function* inputs(): AsyncGenerator<Uint8Array, void, undefined> {
    let lines = 0;
    try {
      for (;;) {
        if (out.isCut) return;
        if (parts.isStopping()) throw new ProblemError('stopping', { retryAfterSeconds: 5 });
        if (performance.now() > endMs)
          throw new ProblemError('timeout', { detail: `a batch ends after ${limits.batchMs} ms` });
        const waitMs = parts.waitMs();
        if (waitMs > 0) {
          await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, WAIT_MS)));
          continue;
        }
        await underWay.atMost(limits.lineBytes);
        await parts.fairTurn();
        const next = await reader.next();
        if (next.done === true) return;
        if (lines >= limits.batchLines)
          throw new ProblemError('too-large', { detail: `a batch has at most ${limits.batchLines} lines` });
        // The last line may be empty; another one is a line, and no JSON.
        if (next.value.length === 0) continue;
        lines += 1;
        yield next.value;
      }
    } catch (error) {
      ended = isCutOff(error)
        ? new ProblemError('bad-request', { detail: 'the body ended early' })
        : parts.problemOf(error);
    }
  }
  const run = async (bytes: Uint8Array, index: number) => {
    underWay.begin(bytes.length);
    try {
      return await parts.run(head, parts.readLine(bytes), index);
    } finally {
      underWay.end(bytes.length);
    }
  };
  const order = head.order === 'completion' ? 'completion' : 'input';
  let lines = 0;
  let problems = 0;
  let fuelUsed = 0n;
  for await (const ran of runAll({ window: parts.window, room: parts.room }, inputs(), run, { order })) {
    lines += 1;
    if (ran.ok) {
      fuelUsed += BigInt(ran.result.fuelUsed);
      await out.write(JSON.stringify({ index: ran.index, ...ran.result.body }));
    } else {
      problems += 1;
      await out.write(JSON.stringify({ index: ran.index, problem: parts.problemOf(ran.error).problem }));
    }
    if (out.isCut) break;
  }
  // Those of a client that has gone are its tenant's as long as they run.
  await underWay.atMost(0);
  const summary = {
    lines,
    problems,
    fuelUsed: String(fuelUsed),
    ...(ended === undefined ? {} : { problem: ended.problem }),
  };
  await out.write(JSON.stringify({ summary }));
  await out.flush();
  // What was not read of the request is not waited for.
  response.end(() => {
    if (ended !== undefined) closeSlowly(request);
  });
  return lines;
}

const LINGER_MS = 1_000;

/** Ends a connection of which not all was read: at once, the client would lose the response that it has not read yet. */
export function closeSlowly(request: IncomingMessage): void {
  const { socket } = request;
  request.resume();
  socket.end();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** The client ended the connection in the middle of its body. */
function isCutOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
