/** `src/wasm/opcode.ts`, written from the instruction table. */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { pascalCase } from './pascal-case.js';

export function opcodeText(): string {
  const members = INSTRUCTIONS.map(
    ({ name, opcode }) => `${pascalCase(name)} = 0x${opcode.toString(16).padStart(2, '0')},\n`,
  );
  return `/**
 * The numbers of the opcodes, 0xfc00 + n for the prefixed n, as a \`const enum\`, so that a \`switch\` over them compiles
 * to literal case labels.
 *
 * Generated from \`instructions.ts\` by \`npm run interpreter:write\`; a spec holds it to the table. Change the rows, not this file.
 */
export const enum Opcode {
${members.join('')}}
`;
}
