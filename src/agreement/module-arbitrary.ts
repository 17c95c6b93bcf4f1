/**
 * The arbitrary of whole modules: valid by construction, with calls to make, shrinking to a few instructions. A module
 * is a function of a 32-bit seed and the options, so a seed reproduces it anywhere.
 */
import fc from 'fast-check';
import type { Value } from '../wasm/value.js';
import { assemble, functionExportName, signatureOf, usedFeatures } from './assemble.js';
import { disassembleModule } from './disassemble.js';
import { generateProgram, PROGRAM_DEFAULTS, type ProgramOptions } from './generate-program.js';
import { shiftOfSeed } from './generate-shift.js';
import { type Program, programSize, type Signature } from './program.js';
import { RandomChoice, SeededSource } from './random-choice.js';
import { type ShrinkOptions, shrinkProgram } from './shrink-program.js';

export interface GeneratedExport {
  readonly name: string;
  readonly type: Signature;
}

export interface GeneratedCall {
  readonly export: string;
  readonly args: readonly Value[];
}

/** Extensions that a host's own engine may lack. */
export type ModuleFeature = 'tail-call' | 'extended-constant';

/** A module with the calls to make on it, each on a fresh instance. Everything is computed from the program on demand. */
export class GeneratedModule {
  readonly program: Program;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #text: string | undefined;

  constructor(program: Program) {
    this.program = program;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    this.#bytes ??= assemble(this.program);
    return this.#bytes;
  }

  /** The exported functions. */
  get exports(): readonly GeneratedExport[] {
    return this.program.functions
      .filter(({ exported }) => exported)
      .map((definition) => ({ name: functionExportName(definition.id), type: signatureOf(definition) }));
  }

  get calls(): readonly GeneratedCall[] {
    return this.program.calls.map((call) => ({ export: functionExportName(call.function), args: call.args }));
  }

  get features(): ReadonlySet<ModuleFeature> {
    return usedFeatures(this.program);
  }

  /** Number of instructions of all bodies, without `end`, `else` and what the guard adds. */
  get size(): number {
    return programSize(this.program);
  }

  /** The text format, with the offset of every instruction. */
  get text(): string {
    this.#text ??= disassembleModule(this.bytes);
    return this.#text;
  }

  [fc.toStringMethod](): string {
    const calls = this.calls.map((call) => `;; call ${call.export}(${call.args.map(printArgument).join(', ')})`);
    return `\n${this.text}\n${calls.join('\n')}\n`;
  }
}

function printArgument(value: Value): string {
  return 'bits' in value ? `${value.type}:0x${value.bits.toString(16)}` : `${value.type}:null`;
}

export type ModuleArbitraryOptions = Partial<ProgramOptions & ShrinkOptions>;

class ModuleArbitrary extends fc.Arbitrary<GeneratedModule> {
  readonly #options: ProgramOptions;
  readonly #shrinkOptions: ShrinkOptions;

  constructor(options: ModuleArbitraryOptions) {
    super();
    this.#options = { ...PROGRAM_DEFAULTS, ...options };
    this.#shrinkOptions = { keepGuard: options.keepGuard ?? false };
  }

  override generate(random: fc.Random): fc.Value<GeneratedModule> {
    const seed = random.nextInt(0, 0x7fffffff);
    return new fc.Value(moduleOfSeed(seed, this.#options), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is GeneratedModule {
    return value instanceof GeneratedModule;
  }

  override shrink(value: GeneratedModule): fc.Stream<fc.Value<GeneratedModule>> {
    const smaller = shrinkProgram(value.program, this.#shrinkOptions);
    return fc.stream(smaller).map((program) => new fc.Value(new GeneratedModule(program), undefined));
  }
}

/** Modules with calls. By default a failing one may lose its guard while it shrinks: run it under a fuel limit. */
export function anyModule(options: ModuleArbitraryOptions = {}): fc.Arbitrary<GeneratedModule> {
  return new ModuleArbitrary(options);
}

/** The module of a seed: the same bytes and calls on every machine. */
export function moduleOfSeed(seed: number, options: Partial<ProgramOptions> = {}): GeneratedModule {
  const choice = new RandomChoice(new SeededSource(seed));
  const shift = options.shift ?? shiftOfSeed(seed);
  return new GeneratedModule(generateProgram(choice, { ...PROGRAM_DEFAULTS, ...options, shift }));
}
