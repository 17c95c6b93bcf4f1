/**
 * The steps of all cases in wasmtime and wasmi, with fuel (bench/peers). The program receives a folder: `steps.json`,
 * and the modules.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/hash.js';
import type { MeasuringProgram } from '../measuring-program.js';
import { buildPeers, type NoPeers, startPeerProgram } from '../peer-program.js';
import type { Plan, Source, Step } from './abis.js';

export interface StepCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isKept: boolean;
  readonly plan: Plan;
}

export class PeerSteps {
  /** Names with versions; the index is the engine's number. */
  readonly names: readonly string[];
  readonly #fuel: readonly (readonly number[])[];

  private constructor(readonly program: MeasuringProgram) {
    const [names, fuel] = program.told as [readonly string[], readonly (readonly number[])[]];
    this.names = names;
    this.#fuel = fuel;
  }

  /** @throws Error if the result of a case in an engine is not the expected one */
  static async start(cases: readonly StepCase[], progress: (text: string) => void): Promise<PeerSteps | NoPeers> {
    const lacking = buildPeers(progress);
    if (lacking !== undefined) return lacking;
    progress('checking what the native peers give');
    const folder = mkdtempSync(join(tmpdir(), 'assay-steps-'));
    try {
      writeSteps(folder, cases);
      return new PeerSteps(await startPeerProgram(['steps', folder], 2));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** In the engine's own units. */
  fuel(engine: number, caseNumber: number): number {
    return this.#fuel[engine][caseNumber];
  }
}

function writeSteps(folder: string, cases: readonly StepCase[]): void {
  const modules = [...new Set(cases.map(({ bytes }) => bytes))];
  const files = modules.map((_, i) => `${i}.wasm`);
  modules.forEach((bytes, i) => {
    writeFileSync(join(folder, files[i]), bytes);
  });
  const document = {
    modules: files,
    cases: cases.map(({ name, bytes, isKept, plan }) => ({
      name,
      module: modules.indexOf(bytes),
      isKept,
      ready: plan.ready.map(stepText),
      steps: plan.steps.map(stepText),
    })),
  };
  writeFileSync(join(folder, 'steps.json'), JSON.stringify(document));
}

function stepText(step: Step): unknown {
  switch (step.kind) {
    case 'call':
      return { ...step, args: step.args.map(sourceText) };
    case 'write':
      return { kind: 'write', bytes: toHex(step.bytes), at: sourceText(step.at) };
    case 'read':
      return { kind: 'expect-bytes', bytes: toHex(step.expected!), at: sourceText(step.at) };
    case 'expect-value':
      return { ...step, value: String(step.value) };
  }
}

function sourceText(source: Source): unknown {
  return 'number' in source ? { number: String(source.number) } : source;
}
