/**
 * The inputs of `assay validate --batch PATH`: the files of a folder, or the lines of a JSON lines file. Each has a
 * number, which is the same in every run over the same path, and is read when its turn comes.
 */
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LIMITS_1 } from '../base/limits.js';
import type { InputFormat } from '../pool/wire.js';
import { CliError } from './cli-error.js';
import { counted, printable } from './layout.js';
import { readError } from './read-bytes.js';
import { isJsonPath } from './read-document.js';

export interface BatchInput {
  /** from 0 */
  readonly index: number;
  /** The file in the folder, or `line 7`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: InputFormat;
}

export interface BatchInputs {
  /** What a resumed batch must have in common with the earlier run. */
  readonly of:
    | { readonly kind: 'folder'; readonly files: number }
    | { readonly kind: 'lines'; readonly bytes: number }
    | { readonly kind: 'dump'; readonly ops: number };
  /** The number of inputs and their bytes, if known in advance. */
  readonly count: number | undefined;
  readonly bytes: number | undefined;
  /** @param isDone inputs to skip */
  read(isDone: (index: number) => boolean): AsyncIterable<BatchInput>;
}

const ENDINGS: readonly string[] = ['.json', '.msgpack'];
const LINE_ENDINGS: readonly string[] = ['.jsonl', '.ndjson'];
const NEWLINE = 0x0a;

/** Undefined for any other file, which can only be a dump. @throws CliError if the path does not exist */
export async function batchInputs(path: string): Promise<BatchInputs | undefined> {
  const stats = await lstat(path).catch((error: unknown) => {
    throw readError(path, error);
  });
  if (stats.isDirectory()) return await folderInputs(path);
  return LINE_ENDINGS.includes(extname(path).toLowerCase()) ? await lineInputs(path, stats.size) : undefined;
}

async function folderInputs(path: string): Promise<BatchInputs> {
  const names = (await readdir(path)).filter((name) => ENDINGS.includes(extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    throw new CliError(
      `${printable(path)} contains no .json or .msgpack file`,
      'name the folder that holds the inputs',
    );
  }
  async function* read(isDone: (index: number) => boolean): AsyncIterable<BatchInput> {
    for (const [index, name] of names.entries()) {
      if (isDone(index)) continue;
      const file = join(path, name);
      const { size } = await lstat(file).catch((error: unknown) => {
        throw readError(file, error);
      });
      if (size > LIMITS_1.payloadBytes) throw tooLong(file);
      const bytes = await readFile(file).catch((error: unknown) => {
        throw readError(file, error);
      });
      yield { index, name, bytes, format: isJsonPath(name) ? 'json' : 'messagepack' };
    }
  }
  return { of: { kind: 'folder', files: names.length }, count: names.length, bytes: undefined, read };
}

function tooLong(what: string): CliError {
  const max = counted(LIMITS_1.payloadBytes, 'byte');
  return new CliError(`${printable(what)} is longer than ${max}, the limit of a payload`, 'omit it');
}

async function lineInputs(path: string, size: number): Promise<BatchInputs> {
  if (!(await hasText(path))) {
    throw new CliError(
      `${printable(path)} contains no input: nothing was validated`,
      'write one JSON value on each line',
    );
  }
  async function* read(isDone: (index: number) => boolean): AsyncIterable<BatchInput> {
    let index = 0;
    for await (const bytes of linesOf(path)) {
      const input: BatchInput = { index, name: `line ${index + 1}`, bytes, format: 'json' };
      // An empty line is not an input, but it has a number.
      if (!isDone(index) && isText(bytes)) yield input;
      index += 1;
    }
  }
  return { of: { kind: 'lines', bytes: size }, count: undefined, bytes: size, read };
}

function isText(line: Uint8Array): boolean {
  return line.some((byte) => byte > 0x20);
}

/** Whether a file has a line that is an input; nothing after the first one is read. */
async function hasText(path: string): Promise<boolean> {
  for await (const line of linesOf(path)) if (isText(line)) return true;
  return false;
}

/** The lines of a file, one at a time. @throws CliError for a line longer than the payload limit */
export async function* linesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const stream = createReadStream(path);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const line = chunk.subarray(from, at);
        yield restBytes === 0 ? line : Buffer.concat([...rest, line]);
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      rest.push(chunk.subarray(from));
      restBytes += chunk.length - from;
      if (restBytes > LIMITS_1.payloadBytes) throw tooLong(`a line of ${path}`);
    }
  } catch (error) {
    throw error instanceof CliError ? error : readError(path, error);
  }
  if (restBytes > 0) yield Buffer.concat(rest);
}
