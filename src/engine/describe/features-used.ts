/**
 * Which features beyond the first version of the language a module uses, for `inspect`. Instructions show it by their row in
 * the instruction table; the rest by the definitions. One pass over the bodies.
 */
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { ROW_BY_INDEX } from '../../wasm/instructions.js';
import type { ByteRange, Module } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { isReferenceType, ValueType } from '../../wasm/types.js';

/** The features that the module uses, sorted by name. */
export function featuresUsed(module: Module): readonly string[] {
  const features = new Set<string>();
  addDefinitions(module, features);
  for (let index = 0; index < module.bodyStarts.length; index++) addBody(module, index, features);
  return [...features].sort();
}

function addDefinitions(module: Module, features: Set<string>): void {
  const inTypes = (test: (type: number) => boolean): boolean =>
    module.types.some((type) => type.params.some(test) || type.results.some(test));
  if (module.types.some((type) => type.results.length > 1)) features.add('multi-value');
  if (inTypes(isReferenceType) || module.tables.length > 1) features.add('reference-types');
  if (module.tables.some(({ type }) => type === ValueType.ExternRef)) features.add('reference-types');
  if (module.globals.some(({ type }) => isReferenceType(type))) features.add('reference-types');
  const crossing = [
    ...module.globals.slice(0, module.importedGlobals),
    ...module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => module.globals[index]),
  ];
  if (crossing.some(({ mutable }) => mutable)) features.add('mutable-globals');
  const segments = [...module.data, ...module.elements];
  if (module.dataCount !== undefined || segments.some(({ mode }) => mode !== 'active')) features.add('bulk-memory');
  const expressions = [
    ...module.globalDefinitions.map(({ init }) => init),
    ...segments.flatMap(({ offsetExpression }) => offsetExpression ?? []),
  ];
  if (expressions.some((expression) => isExtended(module, expression))) features.add('extended-const');
}

/** Whether a constant expression is more than one instruction, or reads a global of the module's own. */
function isExtended(module: Module, { start, end }: ByteRange): boolean {
  const reader = new InstructionReader(module.bytes, start, end);
  const index = reader.opcode();
  if (index === Opcode.GlobalGet && reader.u32() >= module.importedGlobals) return true;
  if (index !== Opcode.GlobalGet) skipImmediates(reader, index);
  return reader.opcode() !== Opcode.End;
}

function addBody(module: Module, index: number, features: Set<string>): void {
  const reader = new InstructionReader(module.bytes, module.bodyStarts[index], module.bodyEnds[index]);
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    if (isReferenceType(reader.u8())) features.add('reference-types');
  }
  while (!reader.atEnd) {
    const opcode = reader.opcode();
    const row = ROW_BY_INDEX[opcode];
    if (row?.feature !== undefined && row.feature !== 'mvp') features.add(row.feature);
    if (row?.immediates === 'block' && reader.hasTypeIndex()) features.add('multi-value');
    skipImmediates(reader, opcode);
  }
}
