/** The disassembly around a metering block. */
import type { MeteredModule } from '../metering/meter.js';
import { disassembleBody } from './disassemble.js';

/** Lines shown before and after the block. */
const CONTEXT = 4;
const LINES_MAX = 60;

/** One line for each instruction; those of the block with the instruction at `offset` begin with `>`. */
export function blockLines(metered: MeteredModule, functionIndex: number, offset: number): readonly string[] {
  const { module } = metered;
  const own = functionIndex - module.importedFunctions;
  const meter = metered.bodyMeter();
  meter.meterBody(own);
  const offsets = [...meter.blocks.offsets.subarray(0, meter.blocks.count)];
  const start = offsets.findLast((at) => at <= offset) ?? offset;
  const end = offsets.find((at) => at > offset) ?? module.bodyEnds[own];
  const lines = disassembleBody(module, own);
  const first = lines.findIndex((line) => line.offset >= start);
  const beyond = lines.findIndex((line) => line.offset >= end);
  const shown = lines.slice(
    Math.max(first - CONTEXT, 0),
    Math.min((beyond < 0 ? lines.length : beyond) + CONTEXT, Math.max(first - CONTEXT, 0) + LINES_MAX),
  );
  return shown.map((line) => {
    const mark = line.offset >= start && line.offset < end ? '>' : ' ';
    return `${mark} ${line.offset.toString(16).padStart(6, '0')}  ${'  '.repeat(Math.max(line.depth, 0))}${line.text}`;
  });
}
