/**
 * Records the requests to this project's own caches, as traces. Loaded before any other program by `node --import`, it
 * records the look-ups of programs (engine/load/program-cache.ts), artefacts (store/disk-cache.ts) and lines of memos
 * (memo/memory-lines.ts) in order, for all engines of a thread, and writes csv files into the folder CACHE_TRACES when
 * the thread ends. An object of unknown size (a module that does not load) is omitted.
 *
 *   CACHE_TRACES=/tmp/traces NODE_OPTIONS=--import=$PWD/dist/bench/caching/record.js npx mocha 'dist/spec/zome/*.spec.js'
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { toHex } from '../../src/base/hash.js';
import type { ArtefactKey } from '../../src/engine/load/artefact-cache.js';
import { ProgramCache } from '../../src/engine/load/program-cache.js';
import { MemoryLines } from '../../src/memo/memory-lines.js';
import { bytesOf } from '../../src/memo/trie.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { loadPrice } from './trace.js';

interface Known {
  readonly bytes: number;
  readonly price: number;
}

class Recording {
  readonly #asked: string[] = [];
  readonly #known = new Map<string, Known>();

  asked(key: string): void {
    this.#asked.push(key);
  }

  known(key: string, bytes: number, price: number): void {
    this.#known.set(key, { bytes, price });
  }

  get csv(): string | undefined {
    const lines = this.#asked.flatMap((key, i) => {
      const known = this.#known.get(key);
      return known === undefined ? [] : [`${i},${key},${known.bytes},${known.price}`];
    });
    return lines.length === 0 ? undefined : `time,object,size,price\n${lines.join('\n')}\n`;
  }
}

const programs = new Recording();
const artefacts = new Recording();
const lines = new Recording();

/** Calls `first` with the arguments of each call of a method, before the method. */
function before<T extends object, A extends unknown[]>(whose: T, name: keyof T, first: (...args: A) => void) {
  const method = whose[name] as (...args: A) => unknown;
  whose[name] = function (this: T, ...args: A) {
    first(...args);
    return method.apply(this, args);
  } as T[keyof T];
}

before(ProgramCache.prototype, 'take', (key: string) => programs.asked(key));
before(ProgramCache.prototype, 'put', (key: string, cached: Parameters<ProgramCache['put']>[1]) => {
  const bytes = cached.programs.metered.module.bytes.length;
  programs.known(key, bytes, loadPrice(bytes));
});

const HELD_BYTES = 300;
before(MemoryLines.prototype, 'get', (key: string) => lines.asked(key));
before(MemoryLines.prototype, 'put', (key: string, line: Parameters<MemoryLines['put']>[1]) => {
  lines.known(key, HELD_BYTES + bytesOf(line.root), line.fuel);
});

const nameOf = (key: ArtefactKey) => `${key.kind === 'valid' ? 'valid' : `rewritten ${key.form}`} ${toHex(key.module)}`;

/** The class of a disk cache is not exported, so it is taken from an instance. */
const folder = process.env['CACHE_TRACES'];
if (folder !== undefined) {
  mkdirSync(folder, { recursive: true });
  const cache = await openDiskCache(join(folder, 'unused'), { version: 'unused' });
  const prototype = Object.getPrototypeOf(cache) as typeof cache;
  before(prototype, 'get', (key: ArtefactKey) => artefacts.asked(nameOf(key)));
  before(prototype, 'put', (key: ArtefactKey, content: Uint8Array) => {
    artefacts.known(nameOf(key), content.length, loadPrice(content.length));
  });
  process.on('exit', () => {
    for (const [name, recording] of Object.entries({ programs, artefacts, lines })) {
      const { csv } = recording;
      if (csv !== undefined) writeFileSync(join(folder, `${name}-${process.pid}-${threadId}.csv`), csv);
    }
  });
}
