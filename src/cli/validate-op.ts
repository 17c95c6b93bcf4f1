/** `assay validate MODULE --op FILE`: validates an op with the zomes that it concerns, as a conductor would. */
import { defined } from '../base/defined.js';
import { LIMITS_1 } from '../base/limits.js';
import { decodeValue } from '../boundary/codec.js';
import type { Generation } from '../boundary/generation.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { type Op, op } from '../zome/op.js';
import { type OpCheck, opFaults, opFaultsText } from '../zome/op-check.js';
import type { Validation, ZomeHost } from '../zome/zome-host.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readValue, typeError } from './read-document.js';
import { dependenciesOf, type SubjectOptions, type ZomeSubject, zomeSubject } from './zome-subject.js';

export interface ValidateOpFiles extends SubjectOptions {
  readonly op: string;
  readonly deps?: string;
  readonly fuel?: number;
  /** Default `hashes`; false for no check. */
  readonly check?: OpCheck | false;
}

export interface ValidatedOp {
  readonly host: ZomeHost;
  readonly validation: Validation;
}

/** @throws CliError */
export async function validateOpFile(argument: string, files: ValidateOpFiles): Promise<ValidatedOp> {
  const value = readValue(files.op, LIMITS_1.payloadBytes, 'an op');
  const subject = await zomeSubject(argument, files);
  return { host: subject.host, validation: validationOf(files.op, value, subject, files) };
}

/** The ops of several files. @throws CliError */
export function* opsOfFiles(paths: readonly string[]): Generator<NamedOp> {
  for (const name of paths) yield { name, value: readValue(name, LIMITS_1.payloadBytes, 'an op') };
}

/** An op as it was read, and its file or line. */
export interface NamedOp {
  readonly name: string;
  readonly value: MessagePackValue;
}

/** Validates several ops with one host, each read on demand. @throws CliError */
export async function* validateOps(
  argument: string,
  ops: Iterable<NamedOp> | AsyncIterable<NamedOp>,
  files: Omit<ValidateOpFiles, 'op'>,
): AsyncGenerator<{ readonly name: string; readonly validation: Validation }> {
  const subject = await zomeSubject(argument, files);
  for await (const { name, value } of ops) yield { name, validation: validationOf(name, value, subject, files) };
}

function validationOf(
  path: string,
  value: MessagePackValue,
  { host, zome }: ZomeSubject,
  { check, deps, fuel }: Omit<ValidateOpFiles, 'op'>,
): Validation {
  const read = opOf(path, value, host.generation);
  checkOp(path, read, host.generation, check ?? 'hashes');
  return host.validateOp(read, {
    dependencies: dependenciesOf(deps, host.generation),
    ...defined({ zome, fuel }),
  });
}

/** @throws CliError with everything in the op that does not match */
function checkOp(path: string, value: Op, generation: Generation, check: OpCheck | false): void {
  const faults = check === false ? [] : opFaults(value, generation, check);
  if (faults.length === 0) return;
  throw new CliError(
    `${printable(path)} is an op that a conductor would not pass to a zome: ${printable(opFaultsText(faults))}`,
    'correct the op, or validate it as it is with --no-check',
    { fault: { kind: 'op', faults } },
  );
}

/** Some ops are the same in two generations. */
const COMMON_FIRST: readonly Generation[] = ['0.6', '0.7', '0.2', '0.2-map'];

/** An op from a file, of the named generation or of the first that fits. @throws CliError */
export function readOp(
  path: string,
  asked: Generation | undefined,
): { readonly op: Op; readonly generation: Generation } {
  const value = readValue(path, LIMITS_1.payloadBytes, 'an op');
  const fits = COMMON_FIRST.find((one) => decodeValue(op(one), value).ok);
  const generation = asked ?? fits ?? COMMON_FIRST[0];
  return { op: opOf(path, value, generation), generation };
}

/** @throws CliError for a value that is not an op of the generation; the error names the generation that it is of */
export function opOf(path: string, value: MessagePackValue, generation: Generation): Op {
  const decoded = decodeValue(op(generation), value);
  if (decoded.ok) return decoded.value;
  const other = COMMON_FIRST.find((one) => decodeValue(op(one), value).ok);
  const advice =
    other === undefined
      ? 'docs/HOLOCHAIN.md shows the JSON of an op'
      : `it is an op of generation ${other}; pass --generation ${other} if the zome is of that generation, too`;
  throw typeError(path, `op of generation ${generation}`, decoded.error, advice);
}
