/**
 * A running program as its driver sees it, whatever runs it: the host's `WebAssembly` or a tier of the engine. A driver
 * uses nothing else, so the same driver gives the same calls, memory and host calls on each, or shows the difference.
 */
import { createHash } from 'node:crypto';

/** i32 as a signed number, i64 as a signed bigint. The programs here take and give no floats at their edge. */
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

/** What a program imports, by `module.name`. A function may call back into the program. */
export type Imports = Readonly<Record<string, (program: Running, args: readonly Integer[]) => Integer | undefined>>;

export interface RealProgram {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Imports for one run, with whatever the host keeps for it. */
  imports(): Imports;
  /** Drives a run; returns what is compared, which it has checked against what is known. */
  drive(program: Running): readonly string[];
}

/** What a run left behind. */
export interface Trace {
  readonly told: readonly string[];
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
