/** The random linked programs of seeds, as modules that any host can run. */
import fc from 'fast-check';
import { toHex } from '../../../src/base/hash.js';
import { bytesOfText } from '../../engine/load-text.js';
import { type LinkedProgram, linkedPrograms } from './linked-program.js';
import type { LinkedGuest } from './random-linked.js';

/** Programs tried per seed; nearly always one of them can be instantiated. */
const TRIES = 20;

/** The first program of a seed whose first module completes its instantiation. */
export function linkedGuestOf(seed: number): LinkedGuest {
  const programs = fc.sample(linkedPrograms, { seed, numRuns: TRIES });
  const { texts } = programs.find(begins) ?? programs[0]!;
  return {
    modules: texts.map((text) => toHex(bytesOfText(text))),
    drivers: texts.map((text) => text.match(/\(export "d\d+"\)/g)!.length),
  };
}

function begins({ texts }: LinkedProgram): boolean {
  try {
    new WebAssembly.Instance(new WebAssembly.Module(bytesOfText(texts[0]!) as BufferSource));
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return false;
    throw error;
  }
}
