/**
 * Valid modules with nested control, including dead code: a list of numbers makes the choices, so that fast-check
 * shrinks a module by shrinking the list. Every function ends or runs out of fuel or stack; the trace oracle runs them
 * with a stack of 2,048 words, since it recurses.
 */
import fc from 'fast-check';
import { Opcode } from '../../src/wasm/opcode.js';

export interface ControlModule {
  readonly bytes: Uint8Array;
  /** Exported functions with the number of their i32 parameters. */
  readonly exports: readonly { readonly name: string; readonly params: number }[];
}

const I32 = 0x7f;
/** Types by index: 0 to 2 parameters by 0 to 2 results, all i32. */
const ARITIES = Array.from({ length: 9 }, (_, index) => ({ params: index % 3, results: Math.floor(index / 3) }));
const FUNCTION_TYPES = [0, 1, 4, 8, 5];
const DEPTH_MAX = 8;
/** Choices of `br`, `br_table`, and of `unreachable`, `return` and the tail calls. */
const ENDS_CONTROL: ReadonlySet<number> = new Set([13, 17, 18]);

export const controlModule: fc.Arbitrary<ControlModule> = fc
  .array(fc.array(fc.nat({ max: 0xffff }), { maxLength: 80, size: 'max' }), {
    minLength: FUNCTION_TYPES.length,
    maxLength: FUNCTION_TYPES.length,
  })
  .map((choices) => {
    const bodies = choices.map((list, index) => new BodyWriter(list, ARITIES[FUNCTION_TYPES[index]!]!).write());
    return {
      bytes: Uint8Array.from(moduleBytes(bodies)),
      exports: FUNCTION_TYPES.map((type, index) => ({ name: `f${index}`, params: ARITIES[type]!.params })),
    };
  });

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, contents: readonly number[]): number[] {
  return [id, ...unsigned(contents.length), ...contents];
}

function moduleBytes(bodies: readonly (readonly number[])[]): number[] {
  const types = ARITIES.map(({ params, results }) => [
    0x60,
    ...vector(new Array(params).fill([I32])),
    ...vector(new Array(results).fill([I32])),
  ]);
  const exports = FUNCTION_TYPES.map((_, index) => [2, 0x66, 0x30 + index, 0, index]);
  const elements = [0, Opcode.I32Const, 0, Opcode.End, ...vector(FUNCTION_TYPES.map((_, index) => [index]))];
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(FUNCTION_TYPES.map((type) => [type]))),
    ...section(4, vector([[0x70, 0, FUNCTION_TYPES.length + 1]])),
    ...section(5, vector([[1, 1, 3]])),
    ...section(7, vector(exports)),
    ...section(9, vector([elements])),
    ...section(10, vector(bodies.map((body) => [...unsigned(body.length), ...body]))),
  ];
}

/** Writes one body. `height` counts the operands of the innermost construct; in dead code more may be popped. */
class BodyWriter {
  readonly #bytes: number[] = [];
  /** Values that a branch to each open label carries, the innermost last. */
  readonly #labels: number[] = [];
  readonly #locals: number;
  #at = 0;
  #height = 0;
  #dead = false;

  constructor(
    readonly choices: readonly number[],
    readonly type: { readonly params: number; readonly results: number },
  ) {
    this.#locals = type.params + 2;
  }

  write(): number[] {
    this.#labels.push(this.type.results);
    this.#sequence(this.type.results);
    return [...vector([[2, I32]]), ...this.#bytes, Opcode.End];
  }

  /** The next choice below `count`; 0 when the choices are used up. */
  #choose(count: number): number {
    return (this.choices[this.#at++] ?? 0) % count;
  }

  #emit(...bytes: number[]): void {
    this.#bytes.push(...bytes);
  }

  #push(): void {
    if (this.#choose(2) === 0) this.#emit(Opcode.I32Const, this.#choose(64));
    else this.#emit(Opcode.LocalGet, this.#choose(this.#locals));
    this.#height++;
  }

  /** At least `count` operands, by pushing; in dead code it sometimes pushes none. */
  #need(count: number): void {
    if (this.#dead && this.#choose(2) === 1) return;
    while (this.#height < count) this.#push();
  }

  #take(count: number): void {
    this.#height = Math.max(0, this.#height - count);
  }

  #goDead(): void {
    this.#dead = true;
    this.#height = 0;
  }

  /** Instructions up to a delimiter, with exactly `results` operands on the stack. */
  #sequence(results: number): void {
    while (this.#at < this.choices.length) {
      const choice = this.#choose(22);
      // The outermost sequence continues to the last choice.
      if (choice === 0 && this.#labels.length > 1) break;
      this.#instruction(choice);
    }
    for (; this.#height > results; this.#height--) this.#emit(Opcode.Drop);
    if (!this.#dead || this.#choose(2) === 0) while (this.#height < results) this.#push();
    this.#height = results;
  }

  #instruction(choice: number): void {
    // Little of a body would be live if the outermost sequence ended as often as the others.
    if (this.#labels.length === 1 && ENDS_CONTROL.has(choice) && this.#choose(8) !== 0) return;
    switch (choice) {
      case 1:
        this.#push();
        break;
      case 2:
        this.#need(1);
        this.#emit(Opcode.Drop);
        this.#take(1);
        break;
      case 3:
        this.#need(2);
        this.#emit([Opcode.I32Add, Opcode.I32Sub, Opcode.I32Mul, Opcode.I32DivU][this.#choose(4)]!);
        this.#take(2);
        this.#height++;
        break;
      case 4:
        this.#need(1);
        this.#emit(Opcode.LocalSet, this.#choose(this.#locals));
        this.#take(1);
        break;
      case 5:
      case 6:
      case 7:
        this.#construct(Opcode.Block);
        break;
      case 8:
      case 9:
        this.#construct(Opcode.Loop);
        break;
      case 10:
      case 11:
      case 12:
        this.#construct(Opcode.If);
        break;
      case 13:
        this.#branch(Opcode.Br);
        this.#goDead();
        break;
      case 14:
      case 15:
      case 16:
        this.#branch(Opcode.BrIf);
        break;
      case 17:
        this.#branchTable();
        break;
      case 18:
        this.#leave();
        break;
      case 19:
        this.#call();
        break;
      case 20:
        this.#bulk();
        break;
      default:
        this.#emit(Opcode.Nop);
    }
  }

  #construct(opcode: Opcode): void {
    if (this.#labels.length > DEPTH_MAX) return;
    const typeIndex = this.#choose(9);
    const { params, results } = ARITIES[typeIndex]!;
    this.#need(params + (opcode === Opcode.If ? 1 : 0));
    if (opcode === Opcode.If) this.#take(1);
    this.#take(params);
    const [height, dead] = [this.#height, this.#dead];
    this.#emit(opcode, typeIndex);
    this.#labels.push(opcode === Opcode.Loop ? params : results);
    this.#arm(params, results);
    if (opcode === Opcode.If && (params !== results || this.#choose(2) === 1)) {
      this.#emit(Opcode.Else);
      this.#arm(params, results);
    }
    this.#emit(Opcode.End);
    this.#labels.pop();
    this.#height = height + results;
    this.#dead = dead;
  }

  #arm(params: number, results: number): void {
    this.#height = params;
    this.#dead = false;
    this.#sequence(results);
  }

  /** A label, counted from the innermost. */
  #label(): number {
    return this.#choose(this.#labels.length);
  }

  #arity(label: number): number {
    return this.#labels[this.#labels.length - 1 - label]!;
  }

  #branch(opcode: Opcode.Br | Opcode.BrIf): void {
    const label = this.#label();
    const condition = opcode === Opcode.BrIf ? 1 : 0;
    this.#need(this.#arity(label) + condition);
    this.#emit(opcode, label);
    this.#take(condition);
    if (this.#dead) this.#height = Math.max(this.#height, this.#arity(label));
  }

  #branchTable(): void {
    const last = this.#label();
    const labels = this.#labels.map((_, index) => index).filter((label) => this.#arity(label) === this.#arity(last));
    const table = Array.from({ length: this.#choose(4) }, () => labels[this.#choose(labels.length)]!);
    this.#need(this.#arity(last) + 1);
    this.#emit(Opcode.BrTable, ...vector(table.map((label) => [label])), last);
    this.#goDead();
  }

  #leave(): void {
    const kind = this.#choose(4);
    if (kind === 0) this.#emit(Opcode.Unreachable);
    else if (kind === 1) {
      this.#need(this.type.results);
      this.#emit(Opcode.Return);
    } else {
      const callee = FUNCTION_TYPES.findIndex((type) => ARITIES[type]!.results === this.type.results);
      this.#need(ARITIES[FUNCTION_TYPES[callee]!]!.params + (kind === 3 ? 1 : 0));
      if (kind === 2) this.#emit(Opcode.ReturnCall, callee);
      else this.#emit(Opcode.ReturnCallIndirect, FUNCTION_TYPES[callee]!, 0);
    }
    this.#goDead();
  }

  #call(): void {
    const callee = this.#choose(FUNCTION_TYPES.length);
    const type = FUNCTION_TYPES[callee]!;
    const { params, results } = ARITIES[type]!;
    if (this.#choose(2) === 0) {
      this.#need(params);
      this.#emit(Opcode.Call, callee);
    } else {
      this.#need(params);
      // The index is in or near the table, so that a call may also meet the null entry or no entry.
      this.#emit(Opcode.I32Const, this.#choose(FUNCTION_TYPES.length + 2), Opcode.CallIndirect, type, 0);
    }
    this.#take(params);
    this.#height += results;
  }

  #bulk(): void {
    if (this.#choose(2) === 0) {
      this.#need(1);
      this.#emit(Opcode.MemoryGrow, 0);
      this.#take(1);
      this.#height++;
      return;
    }
    this.#need(3);
    this.#emit(0xfc, 0x0b, 0);
    this.#take(3);
  }
}
