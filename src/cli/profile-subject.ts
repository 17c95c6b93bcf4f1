/** The calls that `assay profile` profiles: those of `assay call` and `assay validate`, one after another. */
import { defined } from '../base/defined.js';
import type { Generation } from '../boundary/generation.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import type { Profiled } from '../profile/profile-of.js';
import type { OpCheck } from '../zome/op-check.js';
import type { BatchInput } from './batch-inputs.js';
import { CliError } from './cli-error.js';
import { readEntry } from './command-validate.js';
import { loadModule } from './load-module.js';
import { bundlePlaceOf } from './module-place.js';
import { valueArguments } from './option-values.js';
import { formattedValue, jsonFileValue } from './read-document.js';
import { usageErrorsOf } from './usage-advice.js';
import type { NamedOp } from './validate-op.js';

export interface ProfileSubject {
  readonly jsonInput?: string;
  readonly input?: string;
  readonly op?: readonly string[];
  readonly dump?: readonly string[];
  readonly batch?: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly tier?: Tier;
}

/** A call, and its zome or file. */
export interface SubjectCall {
  readonly name: string;
  readonly call: Profiled;
}

/** @throws CliError */
export async function* subjectCalls(
  path: string,
  exportName: string | undefined,
  texts: readonly string[],
  subject: ProfileSubject,
): AsyncGenerator<SubjectCall> {
  const { jsonInput, input, op, dump, batch, deps, generation, check } = subject;
  const validates = [input, op, dump, batch].filter((given) => given !== undefined).length;
  if (validates + (exportName === undefined ? 0 : 1) !== 1) {
    throw new CliError(
      'choose what to run: an export with its values, --input, --op, --dump or --batch',
      'assay profile MODULE EXPORT as assay call, or assay profile MODULE --op FILE as assay validate; see assay profile --help',
    );
  }
  if (op !== undefined) yield* ofOps(path, { ...subject, op });
  else if (dump !== undefined) yield* ofDumps(path, { ...subject, dump });
  else if (batch !== undefined) yield* ofBatch(path, { ...subject, batch });
  else if (jsonInput !== undefined && exportName !== undefined) {
    const { callZome } = await import('./call-zome.js');
    const { call } = await callZome(path, exportName, { ...subject, jsonInput });
    yield { name: exportName, call };
  } else {
    if ((deps ?? generation ?? check) !== undefined)
      throw new CliError(
        '--deps, --check and --generation need --op, --dump or --json-input',
        'see assay profile --help',
      );
    yield await ofModule(path, exportName, texts, subject);
  }
}

async function ofModule(
  path: string,
  exportName: string | undefined,
  texts: readonly string[],
  { input, fuel, tier }: ProfileSubject,
): Promise<SubjectCall> {
  const limit = defined({ fuel });
  const args = valueArguments(texts);
  const payload = input === undefined ? undefined : readEntry(input);
  const module = await loadModule(path, tier);
  const call = usageErrorsOf(path, () =>
    payload === undefined ? module.call(exportName!, args, limit) : module.validate(payload, limit),
  );
  return { name: exportName ?? input!, call };
}

async function* ofOps(
  path: string,
  { op, ...options }: ProfileSubject & { readonly op: readonly string[] },
): AsyncGenerator<SubjectCall> {
  const { opsOfFiles, validateOps } = await import('./validate-op.js');
  for await (const { name, validation } of validateOps(path, opsOfFiles(op), options))
    for (const call of validation.calls) yield { name: op.length === 1 ? call.zome : name, call };
}

/** A folder of entries or ops, a file with one on each line, or a dump: the same inputs as `assay validate --batch`. */
async function* ofBatch(
  path: string,
  { batch, ...options }: ProfileSubject & { readonly batch: string },
): AsyncGenerator<SubjectCall> {
  const { batchInputs } = await import('./batch-inputs.js');
  const inputs = await batchInputs(batch);
  if (inputs === undefined) {
    yield* ofDumps(path, { ...options, dump: [batch] });
    return;
  }
  const { takesEntries, refuseOptionsOfOps } = await import('./validate-batch.js');
  const read = inputs.read(() => false);
  if (bundlePlaceOf(path) === undefined) {
    const module = await loadModule(path, options.tier);
    if (takesEntries(module.metered.module.bytes)) {
      refuseOptionsOfOps(path, options);
      yield* ofEntries(path, module, read, options);
      return;
    }
  }
  const { validateOps } = await import('./validate-op.js');
  for await (const { name, validation } of validateOps(path, namedOps(read), options))
    for (const call of validation.calls) yield { name, call };
}

async function* namedOps(inputs: AsyncIterable<BatchInput>): AsyncGenerator<NamedOp> {
  for await (const { name, bytes, format } of inputs) {
    yield { name, value: formattedValue(name, bytes, format === 'json') };
  }
}

async function* ofEntries(
  path: string,
  module: LoadedModule,
  inputs: AsyncIterable<BatchInput>,
  { fuel }: ProfileSubject,
): AsyncGenerator<SubjectCall> {
  const limit = defined({ fuel });
  for await (const { name, bytes, format } of inputs) {
    const payload = format === 'json' ? encodeMessagePack(jsonFileValue(name, bytes)) : bytes;
    yield { name, call: usageErrorsOf(path, () => module.validate(payload, limit)) };
  }
}

async function* ofDumps(
  path: string,
  { dump, ...options }: ProfileSubject & { readonly dump: readonly string[] },
): AsyncGenerator<SubjectCall> {
  const { dumpValidations } = await import('./validate-dump.js');
  const { validations } = await dumpValidations(path, { ...options, dump });
  for (const { index, calls } of validations) for (const call of calls) yield { name: `op ${index}`, call };
}
