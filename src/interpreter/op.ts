/**
 * The internal opcodes of the register machine. An operation is one word for the opcode, then the words that its comment names:
 * `d` is the slot of the result, `a b c` are slots of operands (indices into the 32-bit slots, relative to the frame), `imm` a value,
 * `target` a position in the code, `cost` the fuel of the metering block at the target, `costElse` of the block behind the operation.
 * A name is the type, the operation, then the form: `Imm` takes its last operand from the code, `Indexed` adds two operands to the
 * address, `Sum` an operand and a constant, `Abs` has the whole address in the code.
 *
 * Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.
 */
export const enum Op {
  Exit,
  /** cost */
  Charge,
  /** target cost */
  Jump,
  /** a count */
  BranchTable,
  /** a target cost costElse */
  BranchIf,
  /** a target cost costElse */
  BranchUnless,
  /** d a b c target cost costElse */
  I32AddBranchLtU,
  /** d a imm b target cost costElse */
  I32AddImmBranchNe,
  /** d a imm b target cost costElse */
  I32AddImmBranchNeImm,
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
  SwitchBack,
  /** constant */
  ChargeWide,
  /** definedIndex base */
  CallFirst,
  /** functionIndex base */
  CallFunction,
  /** functionIndex source count frameWords */
  ReturnCallFunction,
  /** d imm */
  Const32,
  /** d low high */
  Const64,
  /** d a */
  Move32,
  /** d a e b */
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
  /** d global */
  GlobalGetImported,
  /** global a */
  GlobalSetImported,
  /** d a b */
  I32Add,
  /** d a imm */
  I32AddImm,
  /** d a b */
  I32Sub,
  /** d a b */
  I32Mul,
  /** d a imm */
  I32MulImm,
  /** d a b */
  I32And,
  /** d a imm */
  I32AndImm,
  /** d a b */
  I32Or,
  /** d a imm */
  I32OrImm,
  /** d a b */
  I32Xor,
  /** d a imm */
  I32XorImm,
  /** d a b */
  I32Shl,
  /** d a imm */
  I32ShlImm,
  /** d a b */
  I32ShrS,
  /** d a imm */
  I32ShrSImm,
  /** d a b */
  I32ShrU,
  /** d a imm */
  I32ShrUImm,
  /** d a b */
  I32Rotl,
  /** d a imm */
  I32RotlImm,
  /** d a b */
  I32Rotr,
  /** d a b c */
  I32Add3,
  /** d a b imm */
  I32XorRotl,
  /** d a m b imm */
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
  I32Ctz,
  /** d a */
  I32Popcnt,
  /** d a */
  I32Extend8,
  /** d a */
  I32Extend16,
  /** a b target cost costElse */
  BranchI32Eq,
  /** d a b */
  I32Eq,
  /** a imm target cost costElse */
  BranchI32EqImm,
  /** d a imm */
  I32EqImm,
  /** a b target cost costElse */
  BranchI32Ne,
  /** d a b */
  I32Ne,
  /** a imm target cost costElse */
  BranchI32NeImm,
  /** d a imm */
  I32NeImm,
  /** a b target cost costElse */
  BranchI32LtS,
  /** d a b */
  I32LtS,
  /** a imm target cost costElse */
  BranchI32LtSImm,
  /** d a imm */
  I32LtSImm,
  /** a b target cost costElse */
  BranchI32LtU,
  /** d a b */
  I32LtU,
  /** a imm target cost costElse */
  BranchI32LtUImm,
  /** d a imm */
  I32LtUImm,
  /** a b target cost costElse */
  BranchI32LeS,
  /** d a b */
  I32LeS,
  /** a imm target cost costElse */
  BranchI32LeSImm,
  /** d a imm */
  I32LeSImm,
  /** a b target cost costElse */
  BranchI32LeU,
  /** d a b */
  I32LeU,
  /** a imm target cost costElse */
  BranchI32LeUImm,
  /** d a imm */
  I32LeUImm,
  /** a imm target cost costElse */
  BranchI32GtSImm,
  /** d a imm */
  I32GtSImm,
  /** a imm target cost costElse */
  BranchI32GtUImm,
  /** d a imm */
  I32GtUImm,
  /** a imm target cost costElse */
  BranchI32GeSImm,
  /** d a imm */
  I32GeSImm,
  /** a imm target cost costElse */
  BranchI32GeUImm,
  /** d a imm */
  I32GeUImm,
  /** d a b */
  I64Add,
  /** d a b */
  I64Sub,
  /** d a b */
  I64Mul,
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
  /** a target cost costElse */
  BranchI64Eqz,
  /** a target cost costElse */
  BranchI64Nez,
  /** d a */
  I64Eqz,
  /** a b target cost costElse */
  BranchI64Eq,
  /** d a b */
  I64Eq,
  /** a b target cost costElse */
  BranchI64Ne,
  /** d a b */
  I64Ne,
  /** a b target cost costElse */
  BranchI64LtS,
  /** d a b */
  I64LtS,
  /** a b target cost costElse */
  BranchI64LtU,
  /** d a b */
  I64LtU,
  /** a b target cost costElse */
  BranchI64LeS,
  /** d a b */
  I64LeS,
  /** a b target cost costElse */
  BranchI64LeU,
  /** d a b */
  I64LeU,
  /** d a */
  I64ExtendI32S,
  /** d a */
  I64ExtendI32U,
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
  /** d a b */
  F64Add,
  /** d a constant */
  F64AddImm,
  /** d a b */
  F64Sub,
  /** d a constant */
  F64SubImm,
  /** d a b */
  F64Mul,
  /** d a constant */
  F64MulImm,
  /** d a b */
  F64Div,
  /** d a constant */
  F64DivImm,
  /** d a */
  F64Sqrt,
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
  /** d a b c */
  F64MulAdd,
  /** d a b c */
  F64MulSub,
  /** d a */
  F64Abs,
  /** d a */
  F64Neg,
  /** d a b */
  F64Copysign,
  /** d a */
  F32Abs,
  /** d a */
  F32Neg,
  /** d a b */
  F32Copysign,
  /** d a b */
  F64Eq,
  /** a b target cost costElse */
  BranchF64Eq,
  /** a b target cost costElse */
  BranchUnlessF64Eq,
  /** d a b */
  F64Lt,
  /** a b target cost costElse */
  BranchF64Lt,
  /** a b target cost costElse */
  BranchUnlessF64Lt,
  /** d a b */
  F64Le,
  /** a b target cost costElse */
  BranchF64Le,
  /** a b target cost costElse */
  BranchUnlessF64Le,
  /** d a b */
  F64Ne,
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
  I32TruncF32S,
  /** d a */
  I32TruncF32U,
  /** d a */
  I32TruncF64S,
  /** d a */
  I32TruncF64U,
  /** d a */
  I64TruncF32S,
  /** d a */
  I32TruncSatF32S,
  /** d a */
  I64TruncSatF32S,
  /** d a */
  F32ConvertI64S,
  /** d a */
  I64TruncF32U,
  /** d a */
  I32TruncSatF32U,
  /** d a */
  I64TruncSatF32U,
  /** d a */
  F32ConvertI64U,
  /** d a */
  I64TruncF64S,
  /** d a */
  I32TruncSatF64S,
  /** d a */
  I64TruncSatF64S,
  /** d a */
  F64ConvertI64S,
  /** d a */
  I64TruncF64U,
  /** d a */
  I32TruncSatF64U,
  /** d a */
  I64TruncSatF64U,
  /** d a */
  F64ConvertI64U,
  /** d a offset */
  I32Load,
  /** d a b offset */
  I32LoadIndexed,
  /** d a imm offset */
  I32LoadSum,
  /** d address */
  I32LoadAbs,
  /** d a offset */
  I32Load8S,
  /** d a offset */
  I32Load8U,
  /** d a b offset */
  I32Load8UIndexed,
  /** d a imm offset */
  I32Load8USum,
  /** d address */
  I32Load8UAbs,
  /** d a offset */
  I32Load16S,
  /** d a offset */
  I32Load16U,
  /** d a offset */
  I64Load,
  /** d a b offset */
  I64LoadIndexed,
  /** d a imm offset */
  I64LoadSum,
  /** d address */
  I64LoadAbs,
  /** d a offset */
  I64Load8S,
  /** d a offset */
  I64Load8U,
  /** d a offset */
  I64Load16S,
  /** d a offset */
  I64Load16U,
  /** d a offset */
  I64Load32S,
  /** d a offset */
  I64Load32U,
  /** a b offset */
  I32Store,
  /** a value offset */
  I32StoreImm,
  /** a imm b offset */
  I32StoreSum,
  /** address b */
  I32StoreAbs,
  /** a b offset */
  I32Store8,
  /** a value offset */
  I32Store8Imm,
  /** a imm b offset */
  I32Store8Sum,
  /** a imm value offset */
  I32Store8ImmSum,
  /** a b offset */
  I32Store16,
  /** a b offset */
  I64Store,
  /** a imm b offset */
  I64StoreSum,
  /** address b */
  I64StoreAbs,
  /** opcode x y offset */
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
}
