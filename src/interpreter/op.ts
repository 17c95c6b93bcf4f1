/**
 * The internal opcodes of the register machine. An instruction is one word for the opcode, then the words that its
 * comment names: `d` is the slot of the result, `a b c` are slots of operands (indices into the 32-bit slots, relative
 * to the frame), `imm` a value, `target` a position in the code, `cost` the fuel of the metering block at the target,
 * `costElse` of the block behind the instruction. A name is the type, the operation, then the form: `Imm` takes its
 * last operand from the code, `Indexed` adds two operands to the address.
 */
export const enum Op {
  // Control
  Exit,
  /** cost */
  Charge,
  /** target cost */
  Jump,
  /** a count (target cost)* */
  BranchTable,
  /** a target cost costElse */
  BranchIf,
  /** a target cost costElse */
  BranchUnless,
  /** a b target cost costElse */
  BranchI32Eq,
  /** a b target cost costElse */
  BranchI32Ne,
  /** a b target cost costElse */
  BranchI32LtS,
  /** a b target cost costElse */
  BranchI32LtU,
  /** a b target cost costElse */
  BranchI32LeS,
  /** a b target cost costElse */
  BranchI32LeU,
  /** a imm target cost costElse */
  BranchI32EqImm,
  /** a imm target cost costElse */
  BranchI32NeImm,
  /** a imm target cost costElse */
  BranchI32LtSImm,
  /** a imm target cost costElse */
  BranchI32LtUImm,
  /** a imm target cost costElse */
  BranchI32GtSImm,
  /** a imm target cost costElse */
  BranchI32GtUImm,
  /** a imm target cost costElse */
  BranchI32LeSImm,
  /** a imm target cost costElse */
  BranchI32LeUImm,
  /** a imm target cost costElse */
  BranchI32GeSImm,
  /** a imm target cost costElse */
  BranchI32GeUImm,
  /** a b target cost costElse */
  BranchI64Eq,
  /** a b target cost costElse */
  BranchI64Ne,
  /** a b target cost costElse */
  BranchI64LtS,
  /** a b target cost costElse */
  BranchI64LtU,
  /** a b target cost costElse */
  BranchI64LeS,
  /** a b target cost costElse */
  BranchI64LeU,
  /** a target cost costElse */
  BranchI64Eqz,
  /** a target cost costElse */
  BranchI64Nez,
  /** a b target cost costElse */
  BranchF64Eq,
  /** a b target cost costElse */
  BranchUnlessF64Eq,
  /** a b target cost costElse */
  BranchF64Lt,
  /** a b target cost costElse */
  BranchUnlessF64Lt,
  /** a b target cost costElse */
  BranchF64Le,
  /** a b target cost costElse */
  BranchUnlessF64Le,
  /** d a b c target cost costElse: the sum, then the branch on it */
  I32AddBranchLtU,
  /** d a imm b target cost costElse: the sum, then the branch on it */
  I32AddImmBranchNe,
  /** d a imm b target cost costElse: the sum, then the branch on it; `b` is an immediate too */
  I32AddImmBranchNeImm,

  // Calls
  /** entry base */
  Call,
  /** element table typeId base */
  CallIndirect,
  /** definedIndex source count frameWords */
  ReturnCall,
  /** element table typeId source count frameWords */
  ReturnCallIndirect,
  /** frameWords */
  Return,
  /** a frameWords */
  Return32,
  /** a frameWords */
  Return64,
  /** source count frameWords */
  ReturnMany,
  Unreachable,

  // Moves
  /** d imm */
  Const32,
  /** d low high */
  Const64,
  /** d a */
  Move32,
  /** d a d a, one after the other */
  Move32Pair,
  /** d a */
  Move64,
  /** d a b condition */
  Select32,
  /** d a b condition */
  Select64,
  /** d cell */
  GlobalGet32,
  /** d cell */
  GlobalGet64,
  /** cell a */
  GlobalSet32,
  /** cell a */
  GlobalSet64,

  // i32
  /** d a b */
  I32Add,
  /** d a b */
  I32Sub,
  /** d a b */
  I32Mul,
  /** d a b */
  I32And,
  /** d a b */
  I32Or,
  /** d a b */
  I32Xor,
  /** d a b */
  I32Shl,
  /** d a b */
  I32ShrS,
  /** d a b */
  I32ShrU,
  /** d a b */
  I32Rotl,
  /** d a b */
  I32Rotr,
  /** d a imm */
  I32AddImm,
  /** d a imm */
  I32MulImm,
  /** d a imm */
  I32AndImm,
  /** d a imm */
  I32OrImm,
  /** d a imm */
  I32XorImm,
  /** d a imm */
  I32ShlImm,
  /** d a imm */
  I32ShrSImm,
  /** d a imm */
  I32ShrUImm,
  /** d a imm */
  I32RotlImm,
  /** d a b c */
  I32Add3,
  /** d a b imm */
  I32XorRotl,
  /** d a imm b imm */
  I32RotlXorRotl,
  /** d a b imm */
  I32XorShrU,
  /** d a b imm */
  I32OrShl,
  /** d a b imm */
  I32OrShrU,
  /** d a b imm */
  I32AddShl,
  /** d a b */
  I32DivS,
  /** d a b */
  I32DivU,
  /** d a b */
  I32RemS,
  /** d a b */
  I32RemU,
  /** d a imm */
  I32DivSImm,
  /** d a imm */
  I32DivUImm,
  /** d a imm */
  I32RemSImm,
  /** d a imm */
  I32RemUImm,
  /** d a */
  I32Eqz,
  /** d a */
  I32Clz,
  /** d a */
  I32Extend8,
  /** d a */
  I32Extend16,
  /** d a b */
  I32Eq,
  /** d a b */
  I32Ne,
  /** d a b */
  I32LtS,
  /** d a b */
  I32LtU,
  /** d a b */
  I32LeS,
  /** d a b */
  I32LeU,
  /** d a imm */
  I32EqImm,
  /** d a imm */
  I32NeImm,
  /** d a imm */
  I32LtSImm,
  /** d a imm */
  I32LtUImm,
  /** d a imm */
  I32GtSImm,
  /** d a imm */
  I32GtUImm,
  /** d a imm */
  I32LeSImm,
  /** d a imm */
  I32LeUImm,
  /** d a imm */
  I32GeSImm,
  /** d a imm */
  I32GeUImm,

  // i64
  /** d a b */
  I64Add,
  /** d a b */
  I64Sub,
  /** d a b */
  I64Mul,
  // The loop divides what fits 32 bits without a sign; the rest is rare.
  /** d a b */
  I64DivS,
  /** d a b */
  I64DivU,
  /** d a b */
  I64RemS,
  /** d a b */
  I64RemU,
  /** d a b */
  I64And,
  /** d a b */
  I64Or,
  /** d a b */
  I64Xor,
  /** d a b */
  I64Shl,
  /** d a b */
  I64ShrS,
  /** d a b */
  I64ShrU,
  /** d a b */
  I64Rotl,
  /** d a b */
  I64Rotr,
  /** d a imm */
  I64AddImm,
  /** d a imm */
  I64AndImm,
  /** d a imm */
  I64OrImm,
  /** d a imm */
  I64XorImm,
  /** d a imm */
  I64MulImm,
  /** d a imm */
  I64ShlImm,
  /** d a imm */
  I64ShrSImm,
  /** d a imm */
  I64ShrUImm,
  /** d a imm */
  I64RotlImm,
  /** d a */
  I64Eqz,
  /** d a b */
  I64Eq,
  /** d a b */
  I64Ne,
  /** d a b */
  I64LtS,
  /** d a b */
  I64LtU,
  /** d a b */
  I64LeS,
  /** d a b */
  I64LeU,
  /** d a */
  I64ExtendI32S,
  /** d a */
  I64ExtendI32U,

  // f32 and f64: every NaN result is the canonical one, written as integer bits
  /** d a b */
  F64Add,
  /** d a b */
  F64Sub,
  /** d a b */
  F64Mul,
  /** d a b */
  F64Div,
  /** d a constant */
  F64AddImm,
  /** d a constant */
  F64SubImm,
  /** d a constant */
  F64MulImm,
  /** d a constant */
  F64DivImm,
  /** d a b c */
  F64MulAdd,
  /** d a b c */
  F64MulSub,
  /** d a */
  F64Sqrt,
  /** d a */
  F64Abs,
  /** d a */
  F64Neg,
  /** d a b */
  F64Eq,
  /** d a b */
  F64Lt,
  /** d a b */
  F64Le,
  /** d a b */
  F64Ne,
  /** d a b */
  F32Add,
  /** d a b */
  F32Sub,
  /** d a b */
  F32Mul,
  /** d a b */
  F32Div,
  /** d a */
  F32Sqrt,
  /** d a */
  F32Abs,
  /** d a */
  F32Neg,
  /** d a b */
  F32Eq,
  /** d a b */
  F32Lt,
  /** d a b */
  F32Le,
  /** d a b */
  F32Ne,
  /** d a */
  F64ConvertI32S,
  /** d a */
  F64ConvertI32U,
  /** d a */
  F32ConvertI32S,
  /** d a */
  F32ConvertI32U,
  /** d a */
  F64PromoteF32,
  /** d a */
  F32DemoteF64,
  /** d a */
  I32TruncF64S,
  /** d a */
  I32TruncF64U,
  /** d a */
  I32TruncF32S,
  /** d a */
  I32TruncF32U,

  // Memory: the address check is on 32-bit integers; what it cannot decide goes to `far`, which also traps
  /** d a offset */
  I32Load,
  /** d a offset */
  I32Load8S,
  /** d a offset */
  I32Load8U,
  /** d a offset */
  I32Load16S,
  /** d a offset */
  I32Load16U,
  /** d a offset */
  I64Load,
  /** d a offset */
  I64Load8S,
  /** d a offset */
  I64Load16S,
  /** d a offset */
  I64Load32S,
  /** d a offset */
  I64Load8U,
  /** d a offset */
  I64Load16U,
  /** d a offset */
  I64Load32U,
  /** a b offset */
  I32Store,
  /** a b offset */
  I32Store8,
  /** a b offset */
  I32Store16,
  /** a b offset */
  I64Store,
  /** a imm offset */
  I32StoreImm,
  /** a imm offset */
  I32Store8Imm,
  /** d a b offset */
  I32LoadIndexed,
  /** d a b offset */
  I32Load8UIndexed,
  /** d a b offset */
  I64LoadIndexed,

  // Out of the loop: see rare.ts
  /** d a imm offset */
  I32LoadSum,
  /** d a imm offset */
  I32Load8USum,
  /** d a imm offset */
  I64LoadSum,
  /** a imm b offset */
  I32StoreSum,
  /** a imm b offset */
  I32Store8Sum,
  /** a imm b offset */
  I32Store8ImmSum,
  /** a imm b offset */
  I64StoreSum,
  /** d address */
  I32LoadAbs,
  /** d address */
  I32Load8UAbs,
  /** d address */
  I64LoadAbs,
  /** address b */
  I32StoreAbs,
  /** address b */
  I64StoreAbs,

  // Left to `slow.ts`: calls of what is not compiled or not of this instance
  SwitchBack,
  /** constant */
  ChargeWide,
  /** definedIndex base */
  CallFirst,
  /** functionIndex base */
  CallFunction,
  /** functionIndex source count frameWords */
  ReturnCallFunction,

  // Left to `rare.ts`
  /** opcode a b offset */
  MemoryAccessFar,
  /** d */
  MemorySize,
  /** d a */
  MemoryGrow,
  /** a b c */
  MemoryCopy,
  /** a b c */
  MemoryFill,
  /** a b c segment */
  MemoryInit,
  /** segment */
  DataDrop,
  /** d a table */
  TableGet,
  /** a b table */
  TableSet,
  /** d table */
  TableSize,
  /** d a b table */
  TableGrow,
  /** a b c table */
  TableFill,
  /** a b c table source */
  TableCopy,
  /** a b c segment table */
  TableInit,
  /** segment */
  ElemDrop,
  /** d functionIndex */
  RefFunc,
  /** d global */
  GlobalGetImported,
  /** global a */
  GlobalSetImported,
  /** d a */
  I32Ctz,
  /** d a */
  I32Popcnt,
  /** d a */
  I64Clz,
  /** d a */
  I64Ctz,
  /** d a */
  I64Popcnt,
  /** d a */
  I64Extend8,
  /** d a */
  I64Extend16,
  /** d a */
  I64Extend32,
  /** d a */
  F64Ceil,
  /** d a */
  F64Floor,
  /** d a */
  F64Trunc,
  /** d a */
  F64Nearest,
  /** d a b */
  F64Min,
  /** d a b */
  F64Max,
  /** d a b */
  F64Copysign,
  /** d a */
  F32Ceil,
  /** d a */
  F32Floor,
  /** d a */
  F32Trunc,
  /** d a */
  F32Nearest,
  /** d a b */
  F32Min,
  /** d a b */
  F32Max,
  /** d a b */
  F32Copysign,
  /** d a */
  I64TruncF32S,
  /** d a */
  I64TruncF32U,
  /** d a */
  I64TruncF64S,
  /** d a */
  I64TruncF64U,
  /** d a */
  I32TruncSatF32S,
  /** d a */
  I32TruncSatF32U,
  /** d a */
  I32TruncSatF64S,
  /** d a */
  I32TruncSatF64U,
  /** d a */
  I64TruncSatF32S,
  /** d a */
  I64TruncSatF32U,
  /** d a */
  I64TruncSatF64S,
  /** d a */
  I64TruncSatF64U,
  /** d a */
  F32ConvertI64S,
  /** d a */
  F32ConvertI64U,
  /** d a */
  F64ConvertI64S,
  /** d a */
  F64ConvertI64U,
}
