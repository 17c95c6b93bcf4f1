/** The subject of `assay agree MODULE --op PATH...`: the zomes of the argument, and the ops in files and folders. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AgreementZomes } from '../agreement/agreement-call.js';
import { defined } from '../base/defined.js';
import { LIMITS_1 } from '../base/limits.js';
import { decodeValue } from '../boundary/codec.js';
import type { Generation } from '../boundary/generation.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { op } from '../zome/op.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readError } from './read-bytes.js';
import { readValue } from './read-document.js';
import { opOf } from './validate-op.js';
import { DEPENDENCIES_BYTES_MAX, dependenciesOf, zomeSubject, zomesAt } from './zome-subject.js';

export interface OpOptions {
  readonly op: readonly string[];
  readonly deps?: string;
  readonly generation?: Generation;
}

/** A file in a folder that is not an op of the zomes' generation. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

export interface OpSubject {
  readonly subject: AgreementZomes;
  readonly generation: Generation;
  /** MessagePack. */
  readonly ops: readonly Uint8Array[];
  readonly skipped: readonly SkippedFile[];
}

/** @throws CliError for files that cannot be read, loaded or linked, and if there is no op */
export async function opSubject(argument: string, { op: paths, deps, generation }: OpOptions): Promise<OpSubject> {
  const { host } = await zomeSubject(argument, {
    tier: 'interpreter',
    ...defined({ generation }),
  });
  // Read here once, so that an error in them is reported once and not by every node.
  dependenciesOf(deps, host.generation);
  const { definitions, dnaInfo, zome } = await zomesAt(argument);
  const subject: AgreementZomes = {
    zomes: definitions,
    dnaInfo: { ...dnaInfo, hash: host.dnaInfo.hash },
    generation: host.generation,
    ...defined({ zome }),
    ...(deps === undefined ? {} : { dependencies: encoded(deps, DEPENDENCIES_BYTES_MAX) }),
  };
  return { subject, generation: host.generation, ...opsAt(paths, deps, host.generation) };
}

function encoded(path: string, bytesMax: number): Uint8Array {
  return encodeMessagePack(readValue(path, bytesMax, 'a document') as Encodable);
}

/** A named file must be an op; from a folder, only the files that are ops are used. */
function opsAt(paths: readonly string[], deps: string | undefined, generation: Generation) {
  const ops: Uint8Array[] = [];
  const skipped: SkippedFile[] = [];
  for (const path of paths) {
    if (!isFolder(path)) {
      opOf(path, readValue(path, LIMITS_1.payloadBytes, 'an op'), generation);
      ops.push(encoded(path, LIMITS_1.payloadBytes));
      continue;
    }
    for (const file of documentsIn(path)) {
      if (deps !== undefined && resolve(file) === resolve(deps)) continue;
      const decoded = decodeValue(op(generation), readValue(file, LIMITS_1.payloadBytes, 'an op'));
      if (decoded.ok) ops.push(encoded(file, LIMITS_1.payloadBytes));
      else skipped.push({ path: file, reason: `no op of generation ${generation}` });
    }
  }
  if (ops.length > 0) return { ops, skipped };
  const names = paths.map(printable).join(', ');
  throw new CliError(
    `${names} contains no op of generation ${generation}`,
    'add ops as .json or .msgpack (docs/HOLOCHAIN.md shows one), or choose another generation with --generation',
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw readError(path, error);
  }
}

function documentsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.(?:json|msgpack)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
