/**
 * The code that takes a frame's words on entry and gives them back. All but the number of words depends only on where
 * the local is, so it is made once. docs/SEMANTICS.md, section 4.
 */

import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';
import { type CodeWriter, codeOf } from './code-writer.js';

/** The code before and after the number of words. */
interface Around {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

interface LocalCode {
  readonly take: Around;
  readonly giveBack: Around;
}

export class FrameCode {
  readonly #global: number;
  readonly #leaf: Around;
  readonly #byLocal = new Map<number, LocalCode>();

  constructor(wordsGlobal: number) {
    this.#global = wordsGlobal;
    this.#leaf = leafCode(wordsGlobal);
  }

  /** Entry of a function without calls: no callee and no host function can see the words, so they are only compared. */
  compare(writer: CodeWriter, words: number): void {
    writer.around(this.#leaf.before, words, this.#leaf.after);
  }

  /** Entry: takes the words, keeps what is left in a local, and traps if that is negative. */
  take(writer: CodeWriter, words: number, local: number): void {
    const { take } = this.#codeOf(local);
    writer.around(take.before, words, take.after);
  }

  giveBack(writer: CodeWriter, words: number, local: number): void {
    const { giveBack } = this.#codeOf(local);
    writer.around(giveBack.before, words, giveBack.after);
  }

  #codeOf(local: number): LocalCode {
    const known = this.#byLocal.get(local);
    if (known !== undefined) return known;
    const code = localCode(this.#global, local);
    this.#byLocal.set(local, code);
    return code;
  }
}

function leafCode(global: number): Around {
  return {
    before: codeOf((writer) => {
      writer.globalGet(global);
      writer.u8(Opcode.I32Const);
    }),
    after: codeOf((writer) => {
      writer.op(Opcode.I32LtS);
      writer.u8(Opcode.If);
      writer.u8(EMPTY_BLOCK);
      writer.setGlobal(global, -1);
      writer.u8(Opcode.Unreachable);
      writer.u8(Opcode.End);
    }),
  };
}

function localCode(global: number, local: number): LocalCode {
  return {
    take: {
      before: codeOf((writer) => {
        writer.globalGet(global);
        writer.u8(Opcode.I32Const);
      }),
      after: codeOf((writer) => {
        writer.op(Opcode.I32Sub);
        writer.localTee(local);
        writer.globalSet(global);
        writer.localGet(local);
        writer.i32Const(0);
        writer.op(Opcode.I32LtS);
        writer.trapIf();
      }),
    },
    giveBack: {
      before: codeOf((writer) => {
        writer.localGet(local);
        writer.u8(Opcode.I32Const);
      }),
      after: codeOf((writer) => {
        writer.op(Opcode.I32Add);
        writer.globalSet(global);
      }),
    },
  };
}
