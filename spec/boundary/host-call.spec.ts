/** Host calls over the byte ABI: order, ownership, payment, breaches. docs/ABI.md, section 9. */
import { expect } from 'chai';
import { packSlice } from '../../src/boundary/byte-abi.js';
import { type HostByteAnswer, type HostByteCall, serveHostCall } from '../../src/boundary/host-call.js';
import { guestText, wasmGuest } from './wasm-guest.js';

const OUTPUT = Uint8Array.of(0x81, 0xa2, 0x4f, 0x6b, 0xc0);
const PAGE = 65_536;
const INPUT = Uint8Array.of(1, 2, 3);

function answering(answer: HostByteAnswer | undefined, seen: Uint8Array[] = []) {
  return (input: Uint8Array) => {
    seen.push(input);
    return answer;
  };
}

const OK: HostByteAnswer = { kind: 'output', bytes: OUTPUT };

describe('host calls over the byte ABI', () => {
  it('charge, copy, deallocate, run, charge, allocate and write, in this order', () => {
    const guest = wasmGuest(guestText({ output: INPUT }));
    const seen: Uint8Array[] = [];
    const result = serveHostCall(guest, { ptr: 1024, len: 3 }, answering(OK, seen));
    expect(result).to.deep.equal({ kind: 'answered', packed: packSlice({ ptr: 16, len: 5 }) });
    expect(seen).to.deep.equal([INPUT]);
    expect(guest.log).to.deep.equal([
      'charge(3)',
      'read(1024,3)',
      '__hc__deallocate_1(1024,3)',
      'charge(5)',
      '__hc__allocate_1(5)',
      'write(16,5)',
    ]);
    expect(guest.read(16, 5)).to.deep.equal(OUTPUT);
  });

  it('copy the input before deallocate can change it', () => {
    const guest = wasmGuest(
      guestText({ output: INPUT, deallocate: '(memory.fill (local.get 0) (i32.const 9) (local.get 1))' }),
    );
    const seen: Uint8Array[] = [];
    serveHostCall(guest, { ptr: 1024, len: 3 }, answering(OK, seen));
    expect(seen).to.deep.equal([INPUT]);
    expect(guest.read(1024, 3)).to.deep.equal(Uint8Array.of(9, 9, 9));
  });

  it('end with a short circuit, after deallocate and without allocate', () => {
    const guest = wasmGuest(guestText({ output: INPUT }));
    const payload = Uint8Array.of(0xc4, 0);
    const result = serveHostCall(guest, { ptr: 1024, len: 3 }, answering({ kind: 'short-circuited', payload }));
    expect(result).to.deep.equal({ kind: 'short-circuited', payload });
    expect(guest.log).to.deep.equal(['charge(3)', 'read(1024,3)', '__hc__deallocate_1(1024,3)']);
  });

  const rows: readonly (readonly [
    what: string,
    parts: Parameters<typeof guestText>[0],
    slice: readonly [number, number],
    result: HostByteCall,
    log?: readonly string[],
  ])[] = [
    ['no bytes at the end of memory', {}, [PAGE, 0], { kind: 'answered', packed: packSlice({ ptr: 16, len: 5 }) }],
    ['the last byte', {}, [PAGE - 1, 1], { kind: 'answered', packed: packSlice({ ptr: 16, len: 5 }) }],
    ['one byte too far', {}, [PAGE - 1, 2], { kind: 'breached', code: 'host-input-out-of-bounds' }, []],
    ['a pointer past memory', {}, [PAGE + 1, 0], { kind: 'breached', code: 'host-input-out-of-bounds' }, []],
    ['a pointer of 2 GiB', {}, [0x8000_0000, 1], { kind: 'breached', code: 'host-input-pointer' }, []],
    ['a length of 2^32 - 1', {}, [0, 0xffff_ffff], { kind: 'breached', code: 'host-input-length' }, []],
    ['no memory', { memory: '(memory 1)' }, [0, 1], { kind: 'breached', code: 'host-input-out-of-bounds' }, []],
    [
      'deallocate that traps',
      { deallocate: '(unreachable)' },
      [1024, 3],
      { kind: 'stopped' },
      ['charge(3)', 'read(1024,3)', '__hc__deallocate_1(1024,3)'],
    ],
    ['allocate that traps', { allocate: '(unreachable)' }, [1024, 3], { kind: 'stopped' }],
    ['allocate that returns -1', { allocate: '(i32.const -1)' }, [0, 0], { kind: 'breached', code: 'input-pointer' }],
    [
      'allocate that returns the end',
      { allocate: `(i32.const ${PAGE - 4})` },
      [0, 0],
      { kind: 'breached', code: 'input-out-of-bounds' },
    ],
    [
      'allocate that returns 0',
      { allocate: '(i32.const 0)' },
      [0, 0],
      { kind: 'answered', packed: packSlice({ ptr: 0, len: 5 }) },
    ],
    ['no allocator', { functions: '(func)' }, [0, 0], { kind: 'breached', code: 'allocate-missing' }, []],
    [
      'no deallocator',
      { functions: '(func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0))' },
      [0, 0],
      { kind: 'breached', code: 'deallocate-missing' },
      [],
    ],
  ];
  for (const [what, parts, [ptr, len], expected, log] of rows) {
    it(what, () => {
      const guest = wasmGuest(guestText(parts));
      expect(serveHostCall(guest, { ptr, len }, answering(OK))).to.deep.equal(expected);
      if (log !== undefined) expect(guest.log).to.deep.equal(log);
    });
  }

  it('charge before they copy', () => {
    const guest = wasmGuest(guestText({ output: INPUT }), 2);
    expect(serveHostCall(guest, { ptr: 1024, len: 3 }, answering(OK))).to.deep.equal({ kind: 'stopped' });
    expect(guest.log).to.deep.equal(['charge(3)']);
    const later = wasmGuest(guestText({ output: INPUT }), 7);
    expect(serveHostCall(later, { ptr: 1024, len: 3 }, answering(OK))).to.deep.equal({ kind: 'stopped' });
    expect(later.log.at(-1)).to.equal('charge(5)');
  });

  it('stop where the function does', () => {
    const guest = wasmGuest(guestText({ output: INPUT }));
    expect(serveHostCall(guest, { ptr: 1024, len: 3 }, answering(undefined))).to.deep.equal({ kind: 'stopped' });
    expect(guest.log.at(-1)).to.equal('__hc__deallocate_1(1024,3)');
  });
});
