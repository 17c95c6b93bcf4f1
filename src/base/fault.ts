/**
 * The table of codes: everything that can go wrong with a module, a call or a guest's bytes has one row here. A code is
 * an identity and never changes its meaning; the text is for people and is never compared.
 *
 * Kinds: `malformed`, `invalid`, `refused`, `unlinkable` are results of loading; `trapped`, `exhausted`, `breached` are
 * outcomes of a call (docs/SEMANTICS.md, sections 1 and 7).
 */

/** The kind of result that a code belongs to. */
export type FaultKind = 'malformed' | 'invalid' | 'refused' | 'unlinkable' | 'trapped' | 'exhausted' | 'breached';

interface FaultRow {
  readonly kind: FaultKind;
  /** One sentence for a person, without the offset. */
  readonly text: string;
}

/** One row for each code. The spec checks that every code is raised somewhere and has a vector. */
export const FAULTS = {
  // Malformed: the bytes are not a module (specification, binary format).
  'bad-magic': { kind: 'malformed', text: 'the module does not begin with the magic bytes 00 61 73 6d' },
  'bad-version': { kind: 'malformed', text: 'the version is not 1 (bytes 01 00 00 00)' },
  'unexpected-end': { kind: 'malformed', text: 'the bytes end in the middle of an item' },
  'integer-too-long': { kind: 'malformed', text: 'a LEB128 integer has more bytes than its type allows' },
  'integer-too-large': { kind: 'malformed', text: 'a LEB128 integer does not fit its type' },
  'invalid-utf8': { kind: 'malformed', text: 'a name is not valid UTF-8' },
  'unknown-section': { kind: 'malformed', text: 'the section id is unknown' },
  'section-out-of-order': { kind: 'malformed', text: 'a section is repeated or out of order' },
  'section-size-mismatch': { kind: 'malformed', text: 'a section does not fill the size it declares' },
  'body-size-mismatch': { kind: 'malformed', text: 'a function body has bytes after its end' },
  'code-count-mismatch': {
    kind: 'malformed',
    text: 'the function section and the code section have different lengths',
  },
  'data-count-mismatch': { kind: 'malformed', text: 'the data count differs from the number of data segments' },
  'data-count-required': { kind: 'malformed', text: 'memory.init and data.drop require a data count section' },
  'bad-type-form': { kind: 'malformed', text: 'a type does not begin with 0x60, the form of a function type' },
  'bad-value-type': { kind: 'malformed', text: 'the value type is unknown' },
  'bad-reference-type': { kind: 'malformed', text: 'the reference type is unknown' },
  'bad-block-type': { kind: 'malformed', text: 'the block type is unknown' },
  'bad-limits-flag': { kind: 'malformed', text: 'the flag of the limits is unknown' },
  'bad-mutability': { kind: 'malformed', text: 'mutability is neither 0 nor 1' },
  'bad-import-kind': { kind: 'malformed', text: 'the kind of import is unknown' },
  'bad-export-kind': { kind: 'malformed', text: 'the kind of export is unknown' },
  'bad-element-kind': { kind: 'malformed', text: 'the element kind is not 0 (funcref)' },
  'bad-segment-flag': { kind: 'malformed', text: 'the flag of the segment is unknown' },
  'illegal-opcode': { kind: 'malformed', text: 'the opcode is unknown' },
  'end-expected': { kind: 'malformed', text: 'a function body ends without the opcode end' },
  'bad-memarg-flags': { kind: 'malformed', text: 'the flags of the memory argument are unknown' },
  'zero-byte-expected': { kind: 'malformed', text: 'a reserved byte is not zero' },
  'too-many-locals': { kind: 'malformed', text: 'a function declares 2^32 or more locals' },

  // Invalid: a module that violates the validation rules.
  'type-mismatch': {
    kind: 'invalid',
    text: 'the operands do not have the types that the instruction or block requires',
  },
  'unknown-type': { kind: 'invalid', text: 'the type index is out of range' },
  'unknown-function': { kind: 'invalid', text: 'the function index is out of range' },
  'unknown-table': { kind: 'invalid', text: 'the table index is out of range' },
  'unknown-memory': { kind: 'invalid', text: 'the memory index is out of range' },
  'unknown-global': { kind: 'invalid', text: 'no global with this index can be used here' },
  'unknown-local': { kind: 'invalid', text: 'the local index is out of range' },
  'unknown-label': { kind: 'invalid', text: 'the label depth is out of range' },
  'unknown-element-segment': { kind: 'invalid', text: 'the element segment index is out of range' },
  'unknown-data-segment': { kind: 'invalid', text: 'the data segment index is out of range' },
  'undeclared-function-reference': {
    kind: 'invalid',
    text: 'ref.func refers to a function that is not declared outside of function bodies',
  },
  'constant-expression-required': { kind: 'invalid', text: 'this instruction is not allowed in a constant expression' },
  'immutable-global': { kind: 'invalid', text: 'an immutable global cannot be set' },
  'alignment-too-large': { kind: 'invalid', text: 'the alignment is larger than the access' },
  'memory-size': { kind: 'invalid', text: 'a memory has more than 65,536 pages' },
  'limits-order': { kind: 'invalid', text: 'the minimum is greater than the maximum' },
  'duplicate-export': { kind: 'invalid', text: 'two exports have the same name' },
  'bad-start-function': { kind: 'invalid', text: 'the start function has parameters or results' },
  'select-arity': { kind: 'invalid', text: 'a typed select does not have exactly one type' },

  // Refused: a proposal that the profile excludes, by its name ...
  'proposal-simd': { kind: 'refused', text: 'fixed-width SIMD is not part of profile assay-1' },
  'proposal-threads': { kind: 'refused', text: 'threads (shared memories, atomics) are not part of profile assay-1' },
  'proposal-memory64': { kind: 'refused', text: '64-bit memories and tables are not part of profile assay-1' },
  'proposal-multi-memory': { kind: 'refused', text: 'more than one memory is not part of profile assay-1' },
  'proposal-exception-handling': { kind: 'refused', text: 'exception handling is not part of profile assay-1' },
  'proposal-gc': { kind: 'refused', text: 'garbage-collected types are not part of profile assay-1' },
  'proposal-function-references': {
    kind: 'refused',
    text: 'typed function references are not part of profile assay-1',
  },
  'proposal-custom-page-sizes': { kind: 'refused', text: 'custom page sizes are not part of profile assay-1' },
  'proposal-component-model': {
    kind: 'refused',
    text: 'components are not core modules; extract the core module first',
  },
  // ... or a limit of the limits record.
  'limit-module-bytes': { kind: 'refused', text: 'the module is larger than the limit' },
  'limit-types': { kind: 'refused', text: 'more types than the limit' },
  'limit-imports': { kind: 'refused', text: 'more imports than the limit' },
  'limit-functions': { kind: 'refused', text: 'more functions than the limit' },
  'limit-tables': { kind: 'refused', text: 'more tables than the limit' },
  'limit-globals': { kind: 'refused', text: 'more globals than the limit' },
  'limit-exports': { kind: 'refused', text: 'more exports than the limit' },
  'limit-element-segments': { kind: 'refused', text: 'more element segments than the limit' },
  'limit-data-segments': { kind: 'refused', text: 'more data segments than the limit' },
  'limit-body-bytes': { kind: 'refused', text: 'a function body is larger than the limit' },
  'limit-locals': { kind: 'refused', text: 'a function has more locals than the limit' },
  'limit-locals-sum': { kind: 'refused', text: 'all functions together declare more locals than the limit' },
  'limit-params': { kind: 'refused', text: 'a function type has more parameters than the limit' },
  'limit-results': { kind: 'refused', text: 'a function type has more results than the limit' },
  'limit-nesting': { kind: 'refused', text: 'blocks are nested deeper than the limit' },
  'limit-br-table': { kind: 'refused', text: 'a br_table has more labels than the limit' },
  'limit-table-elements': { kind: 'refused', text: 'the initial tables have more elements than the limit' },
  'limit-pages': { kind: 'refused', text: 'the initial memory has more pages than the limit' },

  // Unlinkable: the host does not provide an import of the module.
  'unknown-import': { kind: 'unlinkable', text: 'the host does not provide an import of this name' },
  'incompatible-import': {
    kind: 'unlinkable',
    text: 'the host provides an import of this name, but with another type',
  },

  // Traps of a guest.
  unreachable: { kind: 'trapped', text: 'the guest executed unreachable' },
  'integer-divide-by-zero': { kind: 'trapped', text: 'an integer was divided by zero' },
  'integer-overflow': { kind: 'trapped', text: 'an integer result does not fit its type' },
  'invalid-conversion-to-integer': { kind: 'trapped', text: 'a NaN was converted to an integer' },
  'out-of-bounds-memory-access': { kind: 'trapped', text: 'an access past the end of the memory' },
  'out-of-bounds-table-access': { kind: 'trapped', text: 'an access past the end of a table' },
  'undefined-element': { kind: 'trapped', text: 'call_indirect with an index past the end of the table' },
  'uninitialized-element': { kind: 'trapped', text: 'call_indirect through a null reference' },
  'indirect-call-type-mismatch': { kind: 'trapped', text: 'call_indirect to a function of another type' },

  // Exhaustion of a resource.
  fuel: { kind: 'exhausted', text: 'the fuel limit is reached' },
  stack: { kind: 'exhausted', text: 'the stack limit is reached' },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof FAULTS;
type CodeOf<K extends FaultKind> = { [C in FaultCode]: (typeof FAULTS)[C]['kind'] extends K ? C : never }[FaultCode];

export type LoadFaultKind = 'malformed' | 'invalid' | 'refused' | 'unlinkable';
export type LoadFaultCode = CodeOf<LoadFaultKind>;
export type TrapCode = CodeOf<'trapped'>;
export type Resource = CodeOf<'exhausted'>;

/** Why a module was not loaded: returned as data, never thrown by the engine's public functions. */
export interface LoadFault {
  readonly kind: LoadFaultKind;
  readonly code: LoadFaultCode;
  /** Byte offset in the module of the faulty item. */
  readonly offset: number;
  /** The details, for a person: names, counts, the limit. Never compared. */
  readonly detail?: string;
}

/** A value, or a fault instead. */
export type Loaded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: LoadFault };

/** Precedence of faults at the same offset (SEMANTICS 1). */
const PRECEDENCE: Readonly<Record<LoadFaultKind, number>> = { malformed: 0, refused: 1, invalid: 2, unlinkable: 3 };

/** The fault to report: the smaller offset first, then malformed, refused, invalid. */
export function firstFault(a: LoadFault | undefined, b: LoadFault | undefined): LoadFault | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.offset !== b.offset) return a.offset < b.offset ? a : b;
  return PRECEDENCE[a.kind] <= PRECEDENCE[b.kind] ? a : b;
}

/** A fault with its kind looked up from the code. */
export function loadFault(code: LoadFaultCode, offset: number, detail?: string): LoadFault {
  const kind = FAULTS[code].kind;
  return detail === undefined ? { kind, code, offset } : { kind, code, offset, detail };
}

/**
 * Carries a load fault out of nested readers to the entry function of its stage, which turns it into data. It never
 * leaves `decode` or `validate`.
 */
export class FaultSignal extends Error {
  constructor(readonly fault: LoadFault) {
    super(`${fault.code} at ${fault.offset}`);
    this.name = 'FaultSignal';
  }
}

/** Ends the current stage with a fault. */
export function raise(code: LoadFaultCode, offset: number, detail?: string): never {
  throw new FaultSignal(loadFault(code, offset, detail));
}

/** One line for a person: what was wrong and where. */
export function describeFault(fault: LoadFault): string {
  const detail = fault.detail === undefined ? '' : ` (${fault.detail})`;
  return `${FAULTS[fault.code].text}${detail}, at byte ${fault.offset}`;
}
