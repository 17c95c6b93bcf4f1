/** The calls that `assay profile` makes a profile of: those of `assay call` and `assay validate`, one after the other. */
import type { Generation } from '../boundary/generation.js';
import type { Tier } from '../engine/tier.js';
import type { Profiled } from '../profile/profile-of.js';
import type { OpCheck } from '../zome/op-check.js';
import { CliError } from './cli-error.js';
import { readEntry } from './command-validate.js';
import { loadModule } from './load-module.js';
import { valueArguments } from './option-values.js';
import { usageErrorsOf } from './usage-advice.js';

export interface ProfileSubject {
  readonly jsonInput?: string;
  readonly input?: string;
  readonly op?: readonly string[];
  readonly dump?: readonly string[];
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly tier?: Tier;
}

/** A call, and what it is of: a zome, a file. */
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
  const { jsonInput, input, op, dump, deps, generation, check } = subject;
  const validates = [input, op, dump].filter((given) => given !== undefined).length;
  if (validates + (exportName === undefined ? 0 : 1) !== 1) {
    throw new CliError(
      'choose what to run: an export with its values, --input, --op or --dump',
      'assay profile MODULE EXPORT as assay call, or assay profile MODULE --op FILE as assay validate; see assay profile --help',
    );
  }
  if (op !== undefined) yield* ofOps(path, { ...subject, op });
  else if (dump !== undefined) yield* ofDumps(path, { ...subject, dump });
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
  const limit = fuel === undefined ? {} : { fuel };
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
  const { validateOpFiles } = await import('./validate-op.js');
  for await (const { file, validation } of validateOpFiles(path, op, options))
    for (const call of validation.calls) yield { name: op.length === 1 ? call.zome : file, call };
}

async function* ofDumps(
  path: string,
  { dump, ...options }: ProfileSubject & { readonly dump: readonly string[] },
): AsyncGenerator<SubjectCall> {
  const { dumpValidations } = await import('./validate-dump.js');
  const { validations } = await dumpValidations(path, { ...options, dump });
  for (const { index, calls } of validations) for (const call of calls) yield { name: `op ${index}`, call };
}
