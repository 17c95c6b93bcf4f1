/** Every call of the vectors' guests: hand-written outcomes, raw guests, entries of zomes. */
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { toHex } from '../../src/base/hash.js';
import { valueArguments } from '../../src/cli/option-values.js';
import { callName, RAW_GUESTS, WAT_CALLS } from '../../src/cli/vectors/call-vectors.js';
import { ENTRIES, entryBytes } from '../../src/cli/vectors/entry-vectors.js';
import { readFile, readRows, textField, textsField } from '../../src/cli/vectors/vector-file.js';
import { createEngine } from '../../src/engine/engine.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import type { Tier } from '../../src/engine/tier.js';
import type { Profiled } from '../../src/profile/profile-of.js';

const FUEL = 2_000_000;

export interface VectorCall {
  readonly name: string;
  /** Path of the module. */
  readonly path: string;
  /** In the form that any node takes. */
  readonly call: AgreementCall;
  run(tier: Tier): Promise<Profiled>;
  /** Returns a function that makes the call, with the module already loaded. */
  start(tier: Tier): Promise<() => Profiled>;
}

export function vectorCalls(): readonly VectorCall[] {
  const loaded = new Map<string, Promise<LoadedModule>>();
  const moduleOf = (path: string, tier: Tier): Promise<LoadedModule> => {
    const known = loaded.get(`${tier} ${path}`) ?? load(path, tier);
    loaded.set(`${tier} ${path}`, known);
    return known;
  };
  const withRun = (row: Omit<VectorCall, 'run'>): VectorCall => ({
    ...row,
    run: async (tier) => (await row.start(tier))(),
  });
  const values = (['guests/wat', 'guests/raw'] as const).flatMap((base) =>
    readRows(`vectors/${base === 'guests/wat' ? WAT_CALLS : RAW_GUESTS}`).map((row) => {
      const path = `vectors/${base}/${textField(row, 'file')}`;
      const [name, args] = [textField(row, 'export'), textsField(row, 'args')];
      return withRun({
        name: callName(row),
        path,
        call: { kind: 'values', export: name, args, fuel: FUEL },
        start: async (tier) => {
          const module = await moduleOf(path, tier);
          return () => module.call(name, valueArguments(args), { fuel: FUEL });
        },
      });
    }),
  );
  const entries = readRows(`vectors/${ENTRIES}`).map((row) => {
    const path = `vectors/guests/${textField(row, 'wasm')}`;
    const entry = entryBytes('vectors', row);
    return withRun({
      name: textField(row, 'name'),
      path,
      call: { kind: 'validate', export: 'validate', entry: toHex(entry), generation: '0.6', fuel: FUEL },
      start: async (tier) => {
        const module = await moduleOf(path, tier);
        return () => module.validate(entry, { fuel: FUEL });
      },
    });
  });
  return [...values, ...entries];
}

async function load(path: string, tier: Tier): Promise<LoadedModule> {
  const made = await createEngine({ tier }).load(new Uint8Array(readFile(path)));
  if (!made.ok) throw new Error(`${path}: ${made.fault.code}`);
  await made.module.settled();
  return made.module;
}
