/**
 * Where the instructions of a body start, by a separate table that was written from the specification (binary format:
 * instructions) and shares nothing with `src/wasm`: a second oracle for all code that walks over a body.
 */

/** The immediates of an opcode: the number of integers, or a special layout. */
type Follows = number | 'labels' | 'types' | 'four' | 'eight';

function followsByte(opcode: number): Follows {
  if (opcode === 0x0e) return 'labels';
  if (opcode === 0x1c) return 'types';
  if (opcode === 0x43) return 'four';
  if (opcode === 0x44) return 'eight';
  // call_indirect, return_call_indirect, loads and stores
  if (opcode === 0x11 || opcode === 0x13 || (opcode >= 0x28 && opcode <= 0x3e)) return 2;
  // block, loop, if, br, br_if, call, return_call, variables, table.get and set, memory.size and grow, i32 and i64.const
  if (opcode >= 0x02 && opcode <= 0x04) return 1;
  if ([0x0c, 0x0d, 0x10, 0x12, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].includes(opcode)) return 1;
  if (opcode >= 0x20 && opcode <= 0x26) return 1;
  return 0;
}

function followsPrefixed(opcode: number): Follows {
  // init and copy of memory and table have two indices; drop, fill, grow and size have one.
  if (opcode < 8) return 0;
  return [8, 10, 12, 14].includes(opcode) ? 2 : 1;
}

export interface Edges {
  /** Offset and opcode of each instruction; opcodes with a prefix are 0xfc00 and above. */
  readonly opcodes: ReadonlyMap<number, number>;
  /** Offset after the last. */
  readonly end: number;
}

/** @param start of the body, at its local declarations */
export function instructionEdges(bytes: Uint8Array, start: number, end: number): Edges {
  const opcodes = new Map<number, number>();
  let at = start;
  const integer = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  for (let runs = integer(); runs > 0; runs--) {
    integer();
    at++;
  }
  while (at < end) {
    const offset = at;
    const first = bytes[at++]!;
    const second = first === 0xfc ? integer() : 0;
    opcodes.set(offset, first === 0xfc ? 0xfc00 + second : first);
    const follows = first === 0xfc ? followsPrefixed(second) : followsByte(first);
    if (follows === 'four') at += 4;
    else if (follows === 'eight') at += 8;
    else if (follows === 'types') at += integer();
    else for (let left = follows === 'labels' ? integer() + 1 : follows; left > 0; left--) integer();
  }
  if (at !== end) throw new Error(`the last instruction ends at byte ${at}, the body at ${end}`);
  return { opcodes, end };
}
