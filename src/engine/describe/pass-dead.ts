/** Dead code in a walk over a body, as `BodyMeter` passes it: none of it is charged. */
import type { InstructionReader } from '../../wasm/instruction-reader.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';

/** A walk that has come to dead code. */
export interface DeadWalk {
  /** Whether a construct of the body is still open. */
  isInBody(): boolean;
  /** After the `else` of a construct whose first arm ends dead. */
  deadElse(): void;
  /** After the `end` of a construct that ends dead; whether what follows is live. */
  deadEnd(): boolean;
}

/** Passes over the matching `else` or `end`, and on as long as what follows an `end` is dead too. */
export function passDead(reader: InstructionReader, walk: DeadWalk): void {
  let depth = 0;
  while (walk.isInBody()) {
    const index = reader.opcode();
    if (index === Opcode.Block || index === Opcode.Loop || index === Opcode.If) depth++;
    else if (index === Opcode.End && depth > 0) depth--;
    else if (index === Opcode.Else && depth === 0) {
      walk.deadElse();
      return;
    } else if (index === Opcode.End && walk.deadEnd()) return;
    skipImmediates(reader, index);
  }
}
