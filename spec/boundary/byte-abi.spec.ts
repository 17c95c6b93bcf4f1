import { expect } from 'chai';
import fc from 'fast-check';
import {
  BREACHES,
  type ByteCall,
  callByteExport,
  checkByteCall,
  packSlice,
  unpackSlice,
} from '../../src/boundary/byte-abi.js';
import { isExternResult } from '../../src/boundary/validation.js';
import { type GuestParts, guestText, type RecordingGuest, wasmGuest } from './wasm-guest.js';

const OK_VALID = Uint8Array.from(Buffer.from('81a24f6bc406a556616c6964', 'hex'));
const PAYLOAD = Uint8Array.of(0xc4, 0x01, 0xc0);

function call(guest: RecordingGuest, payloadBytesMax?: number): ByteCall {
  return callByteExport(guest, 'validate', PAYLOAD, {
    isDecodable: (output) => isExternResult(output, '0.6'),
    ...(payloadBytesMax === undefined ? {} : { payloadBytesMax }),
  });
}

function outcomeOf(parts: GuestParts, payloadBytesMax?: number): string {
  const outcome = call(wasmGuest(guestText(parts)), payloadBytesMax);
  return outcome.kind === 'breached' ? outcome.code : outcome.kind;
}

/** Hostile and broken guests, and what comes of each. */
const GUESTS: readonly (readonly [string, string, GuestParts])[] = [
  ['a valid guest', 'returned', { output: OK_VALID }],
  ['allocate returns 0: the guest may own that', 'returned', { output: OK_VALID, allocate: '(i32.const 0)' }],
  ['allocate returns the last fitting address', 'returned', { output: OK_VALID, allocate: '(i32.const 65533)' }],
  ['allocate overlaps the output', 'output-undecodable', { output: OK_VALID, allocate: '(i32.const 1024)' }],
  [
    'allocate grows the memory',
    'returned',
    { output: OK_VALID, allocate: '(drop (memory.grow (i32.const 1))) (i32.const 65536)' },
  ],
  [
    'the export grows the memory',
    'output-undecodable',
    { validate: '(drop (memory.grow (i32.const 1))) (i64.const 0x0001000000000004)' },
  ],
  ['allocate returns an address one byte too far', 'input-out-of-bounds', { allocate: '(i32.const 65534)' }],
  ['allocate at 2 GiB', 'input-pointer', { allocate: '(i32.const 0x80000000)' }],
  ['allocate at -1', 'input-pointer', { allocate: '(i32.const -1)' }],
  ['allocate traps', 'stopped', { allocate: '(unreachable)' }],
  ['the export traps', 'stopped', { validate: '(unreachable)' }],
  ['deallocate traps after a valid output', 'stopped', { output: OK_VALID, deallocate: '(unreachable)' }],
  ['output pointer of 2 GiB', 'output-pointer', { validate: '(i64.const 0x8000000000000001)' }],
  ['output pointer past memory', 'output-out-of-bounds', { validate: '(i64.const 0x7fffffff00000001)' }],
  ['output one byte too long', 'output-out-of-bounds', { validate: '(i64.const 0x0000ffff00000002)' }],
  ['length 2^32 - 1', 'output-length', { validate: '(i64.const 0x00000000ffffffff)' }],
  ['empty output', 'output-undecodable', { validate: '(i64.const 0)' }],
  ['empty output at the end of memory', 'output-undecodable', { validate: '(i64.const 0x0001000000000000)' }],
  ['random output', 'output-undecodable', { output: Uint8Array.of(0xc1) }],
  ['an output that is not a Result', 'output-undecodable', { output: Uint8Array.of(0xc3) }],
  ['no memory', 'input-out-of-bounds', { memory: '(memory 1)' }],
  [
    'no allocate',
    'allocate-missing',
    { functions: '(func (export "validate") (param i32 i32) (result i64) (i64.const 0))' },
  ],
  [
    'allocate of another type',
    'allocate-type',
    {
      functions: '(func (export "__hc__allocate_1") (param i64) (result i32) (i32.const 0)) (func (export "validate"))',
    },
  ],
  [
    'no deallocate',
    'deallocate-missing',
    {
      functions: '(func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0)) (func (export "validate"))',
    },
  ],
  [
    'deallocate of another type',
    'deallocate-type',
    {
      functions:
        '(func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0)) (func (export "__hc__deallocate_1") (param i32 i32) (result i32) (i32.const 0)) (func (export "validate"))',
    },
  ],
  [
    'an export of another type',
    'export-type',
    {
      functions:
        '(func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0)) (func (export "__hc__deallocate_1") (param i32 i32)) (func (export "validate") (param i32 i32) (result i32) (i32.const 0))',
    },
  ],
];

describe('byte ABI', () => {
  for (const [name, outcome, parts] of GUESTS) {
    it(`${name}: ${outcome}`, () => {
      expect(outcomeOf(parts)).to.equal(outcome);
    });
  }

  it('refuses an empty payload where no memory is exported', () => {
    for (const memory of ['(memory 1)', '(memory (export "ram") 1)']) {
      const guest = wasmGuest(guestText({ memory, allocate: '(i32.const 0)' }));
      const options = { isDecodable: () => true };
      expect(callByteExport(guest, 'validate', new Uint8Array(0), options), memory).to.deep.equal({
        kind: 'breached',
        code: 'input-out-of-bounds',
      });
      expect(guest.log).to.deep.equal(['charge(0)', '__hc__allocate_1(0)']);
    }
  });

  it('has a guest for every breach of a call from the host; breaches of a host call are in spec/zome', () => {
    const seen = new Set(GUESTS.map(([, outcome]) => outcome));
    const fromHost = Object.keys(BREACHES).filter((code) => !code.startsWith('host-input-'));
    expect(fromHost.filter((code) => !seen.has(code))).to.deep.equal([]);
  });

  it('keeps the order of the real host, and frees the output but not the input', () => {
    const guest = wasmGuest(guestText({ output: OK_VALID }));
    expect(call(guest)).to.deep.equal({ kind: 'returned', output: OK_VALID });
    expect(guest.log).to.deep.equal([
      'charge(3)',
      '__hc__allocate_1(3)',
      'write(16,3)',
      'validate(16,3)',
      'charge(12)',
      'read(1024,12)',
      '__hc__deallocate_1(1024,12)',
    ]);
  });

  it('does not deallocate what it could not decode, and calls nothing after a stop', () => {
    const undecodable = wasmGuest(guestText({ output: Uint8Array.of(0xc3) }));
    call(undecodable);
    expect(undecodable.log.at(-1)).to.equal('read(1024,1)');
    const stopped = wasmGuest(guestText({ allocate: '(unreachable)' }));
    call(stopped);
    expect(stopped.log).to.deep.equal(['charge(3)', '__hc__allocate_1(3)']);
  });

  it('copies nothing that is not paid', () => {
    const poor = wasmGuest(guestText({ output: OK_VALID }), 2);
    expect(call(poor).kind).to.equal('stopped');
    expect(poor.log).to.deep.equal(['charge(3)']);
    const poorer = wasmGuest(guestText({ output: OK_VALID }), 3 + 11);
    expect(call(poorer).kind).to.equal('stopped');
    expect(poorer.log.at(-1)).to.equal('charge(12)');
  });

  it('accepts an output of exactly the payload limit and none longer', () => {
    expect(outcomeOf({ output: OK_VALID }, 12)).to.equal('returned');
    expect(outcomeOf({ output: OK_VALID }, 11)).to.equal('output-length');
  });

  it('reports a mistake of the caller before anything runs', () => {
    const guest = wasmGuest(guestText({}));
    expect(checkByteCall(guest, 'nothing', PAYLOAD)).to.deep.equal({ code: 'no-such-export' });
    expect(checkByteCall(guest, 'validate', PAYLOAD)).to.equal(undefined);
    expect(checkByteCall(guest, 'validate', PAYLOAD, 2)).to.deep.equal({
      code: 'payload-too-long',
      lengthBytes: 3,
      payloadBytesMax: 2,
    });
    expect(() => call(guest, 2)).to.throw(RangeError, 'payload-too-long');
    expect(guest.log).to.deep.equal([]);
  });

  it('packs the pointer high and the length low, and unpacks them', () => {
    expect(packSlice({ ptr: 1, len: 2 })).to.equal(0x0000_0001_0000_0002n);
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(word, word, (ptr, len) => {
        const packed = packSlice({ ptr, len });
        expect(packed).to.equal(BigInt.asIntN(64, packed));
        expect(unpackSlice(packed)).to.deep.equal({ ptr, len });
        expect(unpackSlice(BigInt.asUintN(64, packed))).to.deep.equal({ ptr, len });
      }),
    );
  });
});
