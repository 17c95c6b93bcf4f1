/**
 * Hostile input files for the command line: devices, links, folders, sparse files, documents that nest or continue
 * without end.
 */
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assay } from '../cli/command-line.js';
import type { HostileCase } from './hostile-case.js';

const GIBIBYTE = 1024 ** 3;
const MEGABYTE = 1_000_000;

/** @param head before the filling, which continues for this many megabytes */
function filled(path: string, head: string | Uint8Array, filling: string, megabytes: number): void {
  const file = openSync(path, 'w');
  if (typeof head === 'string') writeSync(file, head);
  else writeSync(file, head);
  const piece = Buffer.alloc(MEGABYTE, filling, 'latin1');
  for (let i = 0; i < megabytes; i++) writeSync(file, piece);
  closeSync(file);
}

const FILES: Readonly<Record<string, (path: string) => void>> = {
  '/dev/zero': (path) => symlinkSync('/dev/zero', path),
  '/dev/null': (path) => symlinkSync('/dev/null', path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a folder': (path) => mkdirSync(path),
  'a sparse file of 4 TiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 4096 * GIBIBYTE);
  },
  'open brackets': (path) => filled(path, '', '[', 14),
  'a list of zeros': (path) => filled(path, '[0', ',0', 14),
  'a list of empty lists': (path) => filled(path, '[[]', ',[]', 14),
  'a text without end': (path) => filled(path, '"', 'a', 14),
  'a MessagePack array of integers': (path) => filled(path, Uint8Array.of(0xdd, 0, 0xd5, 0x9f, 0x80), '\x01', 14),
};

/** The arguments of each command, with `FILE` as a placeholder. */
const COMMANDS: readonly (readonly [command: string, name: string])[] = [
  ['inspect FILE', 'a.wasm'],
  ['inspect FILE', 'a.dna'],
  ['call FILE run', 'a.wasm'],
  ['hash FILE', 'a.happ'],
  ['validate FILE --op vectors/zome/ops/book.json', 'a.dna'],
  ['validate vectors/guests/post/post.wasm --input FILE', 'a.json'],
  ['validate vectors/guests/post/post.wasm --input FILE', 'a.msgpack'],
  ['validate vectors/guests/post/post.wasm --op FILE', 'a.json'],
  ['validate vectors/guests/post/post.wasm --dump FILE', 'a.json'],
  ['validate vectors/guests/post/post.wasm --dump FILE', 'a.msgpack'],
  ['try vectors/guests/post/post.wasm FILE', 'a.json'],
  ['agree replay FILE', 'a.json'],
];

async function runCommand(args: readonly string[]): Promise<string> {
  const { status, err } = await assay(args);
  if (/internal error|out of memory/.test(err)) throw new Error(err);
  return `status ${status}: ${err.split('\n')[0]}`;
}

export const HOSTILE_FILES: readonly HostileCase[] = COMMANDS.flatMap(([command, fileName]) =>
  Object.entries(FILES).map(([what, make]) => ({
    name: `file: ${command.replace('FILE', fileName)}, ${what}`,
    isShort: what === '/dev/zero' && fileName === 'a.wasm' && command.startsWith('inspect'),
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
      try {
        const path = join(folder, fileName);
        make(path);
        return await runCommand(command.split(' ').map((word) => (word === 'FILE' ? path : word)));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  })),
);
