/**
 * A driver's view of a running program, independent of what runs it: the host's `WebAssembly` or a tier of the engine.
 * A driver uses nothing else, so the same driver makes the same calls on each; differing memory or host calls show an
 * error.
 */
import { createHash } from 'node:crypto';

/** i32 as a signed number, i64 as a signed bigint. These programs have no floats in their interfaces. */
export type Integer = number | bigint;

export interface Running {
  call(name: string, args: readonly Integer[]): readonly Integer[];
  /** The value of an exported global. */
  global(name: string): Integer;
  read(at: number, lengthBytes: number): Uint8Array;
  write(at: number, bytes: Uint8Array): void;
  /** The whole memory, now. */
  memory(): Uint8Array;
}

/** The imports of a program, by `module.name`. A function may call back into the program. */
export type Imports = Readonly<Record<string, (program: Running, args: readonly Integer[]) => Integer | undefined>>;

export interface RealProgram {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Imports for one run, including the host's state for it. */
  imports(): Imports;
  /** Drives a run and checks it against known values; returns the data to compare. */
  drive(program: Running): readonly string[];
}

/** The observable effects of a run. */
export interface Trace {
  readonly reported: readonly string[];
  /** Every host call in order: name, arguments, result. */
  readonly hostCalls: readonly string[];
  readonly pages: number;
  /** SHA-256 of the memory after the last call. */
  readonly memoryHash: string;
}

/** One line of a trace. */
export function hostCallText(name: string, args: readonly Integer[], result: Integer | undefined): string {
  return `${name}(${args.join(', ')}) = ${result ?? 'nothing'}`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
