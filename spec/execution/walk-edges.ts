/**
 * Runs all code that walks over bodies on a module, with a reader that throws if it is used at a place where no
 * instruction starts.
 */
import { ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { FunctionRewriter } from '../../src/instrumented/function-rewriter.js';
import { Layout } from '../../src/instrumented/layout.js';
import { CodeBuffer } from '../../src/interpreter/compile/code-buffer.js';
import { FunctionCompiler } from '../../src/interpreter/compile/function-compiler.js';
import { BodyMeter, type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { EdgeEdits } from '../instrumented/edge-edits.js';
import { EdgeReader } from '../wasm/edge-reader.js';
import { instructionEdges } from '../wasm/instruction-edges.js';

function load(bytes: Uint8Array): MeteredModule | undefined {
  const valid = validate(decode(bytes, LIMITS_1), LIMITS_1);
  return valid.ok ? meter(valid.value, FUEL_1) : undefined;
}

export type Counts = Map<string, number>;

/** Runs everything that walks over bodies on a module; throws if it reads at a wrong place. */
function walk(metered: MeteredModule, counts: Counts): void {
  const { module } = metered;
  const { bytes } = module;
  const add = (prefix: string, reader: EdgeReader) => {
    for (const [what, count] of reader.counts) {
      const name = `${prefix} ${what}`;
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
  };
  const meterReader = new EdgeReader(bytes);
  const compileReader = new EdgeReader(bytes);
  const bodies = new BodyMeter(module, FUEL_1, meterReader);
  const compiler = new FunctionCompiler(metered, new CodeBuffer(), () => 0, compileReader);
  const forms = (['own', 'shared', 'guarded'] as const).map((form) => {
    const reader = new EdgeReader(bytes);
    return { reader, rewriter: new FunctionRewriter(new Layout(metered, form), reader, new EdgeEdits(reader)) };
  });
  const out = new ByteWriter(1024);
  for (let own = 0; own < module.bodyStarts.length; own++) {
    const { opcodes } = instructionEdges(bytes, module.bodyStarts[own]!, module.bodyEnds[own]!);
    bodies.meterBody(own);
    const { count, offsets } = bodies.blocks;
    for (let block = 0; block < count; block++) ok(opcodes.has(offsets[block]!), `a block at byte ${offsets[block]}`);
    compiler.compile(own, (_, offset) => ok(opcodes.has(offset), `compiled at byte ${offset}`));
    for (const { rewriter } of forms) rewriter.rewrite(own, out);
    out.clear();
  }
  add('metering', meterReader);
  add('compiler', compileReader);
  for (const { reader } of forms) add('rewriter', reader);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

/** Files that are modules, and modules in hexadecimal in JSON files. */
export function modulesBelow(folder: string): readonly Uint8Array[] {
  return filesBelow(folder).flatMap((path): readonly Uint8Array[] => {
    if (path.endsWith('.wasm')) return [readFileSync(path)];
    if (!path.endsWith('.json')) return [];
    const found = readFileSync(path, 'utf8').matchAll(/"(0061736d(?:[0-9a-f]{2})+)"/g);
    return Array.from(found, ([, hex]) => Buffer.from(hex!, 'hex'));
  });
}

/** @returns how many of the modules are valid */
export function walkAll(modules: readonly Uint8Array[], counts: Counts): number {
  const loaded = modules.flatMap((bytes) => load(bytes) ?? []);
  for (const metered of loaded) walk(metered, counts);
  return loaded.length;
}
