import { expect } from 'chai';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import {
  externPayload,
  isExternResult,
  type Verdict,
  verdictOfOutput,
  verdictOfShortCircuit,
} from '../../src/boundary/validation.js';
import { DECODABLE } from './decodable.js';

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** A verdict as one line. */
function said(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'Valid':
      return 'Valid';
    case 'Invalid':
      return `Invalid: ${verdict.reason}`;
    case 'UnresolvedDependencies':
      return `Unresolved: ${verdict.dependencies.kind}`;
    default: {
      const { cause } = verdict;
      if (cause.kind === 'error') return `no verdict: error ${cause.error.error.kind}`;
      if (cause.kind === 'undecodable') return `no verdict: ${cause.error.path} ${cause.error.reason}`;
      return `no verdict: ${cause.kind === 'breached' ? cause.code : cause.kind}`;
    }
  }
}

const AT = `84 2924${'00'.repeat(36)}`;
const FILE = 'a466696c65 aa7372632f6c69622e7273 a46c696e65 07 a56572726f72';
const MODULE = 'ab6d6f64756c655f70617468 a76d795f7a6f6d65 a46c696e65 07 a56572726f72';
const ERR = '81 a3457272 83';
const UNRESOLVED = `81 b6556e7265736f6c766564446570656e64656e63696573 81 a6486173686573 91 c427 ${AT}`;

/** Bytes that `validate` returned, and the verdict: docs/ABI.md, sections 4 and 5. */
const OUTPUTS: readonly (readonly [string, string, Generation?])[] = [
  ['81 a24f6b c406 a556616c6964', 'Valid'],
  ['81 a24f6b c408 81 a556616c6964 c0', 'Valid', '0.2'],
  ['81 a24f6b c408 81 a556616c6964 c0', 'Valid'],
  ['81 a24f6b c410 81 a7496e76616c6964 a6726561736f6e', 'Invalid: reason'],
  [`81 a24f6b c44a ${UNRESOLVED}`, 'Unresolved: Hashes'],
  [
    `${ERR} ${FILE} 81 a54775657374 a46e6f7065`,
    'Invalid: WasmError { file: "src/lib.rs", line: 7, error: Guest("nope") }',
  ],
  [`${ERR} ${MODULE} 81 a54775657374 a46e6f7065`, 'Invalid: my_zome:7: Guest("nope")', '0.7'],
  [
    `${ERR} ${MODULE} 81 a54775657374 a46e6f7065`,
    'Invalid: WasmError { file: "my_zome", line: 7, error: Guest("nope") }',
  ],
  [`${ERR} ${MODULE} 81 a54775657374 a8220a5c01c3a96827`, 'Invalid: my_zome:7: Guest("\\"\\n\\\\\\u{1}éh\'")', '0.7'],
  [
    `${ERR} ${MODULE} 81 a953657269616c697a65 81 a953657269616c697a65 a178`,
    'Invalid: my_zome:7: Serialize(Serialize("x"))',
    '0.7',
  ],
  [`${ERR} ${FILE} 81 ab446573657269616c697a65 c40101`, 'no verdict: error Deserialize'],
  [`${ERR} ${FILE} 81 a4486f7374 a46e6f7065`, 'no verdict: error Host'],
  [`${ERR} ${FILE} aa506f696e7465724d6170`, 'no verdict: error PointerMap'],
  [`${ERR} ${FILE} 81 aa506f696e7465724d6170 c0`, 'no verdict: error PointerMap', '0.2'],
  [`${ERR} ${FILE} a64d656d6f7279`, 'no verdict: error Memory'],
  [`${ERR} ${FILE} af4572726f725768696c654572726f72`, 'no verdict: error ErrorWhileError'],
  [`${ERR} ${FILE} 81 a943616c6c4572726f72 a178`, 'no verdict: error CallError'],
  [`${ERR} ${FILE} 81 ab4d6f64756c654275696c64 a178`, 'no verdict: error ModuleBuild'],
  [`${ERR} ${FILE} 81 b0486f737453686f727443697263756974 920102`, 'no verdict: error HostShortCircuit'],
  [`${ERR} ${FILE} 81 a5576f727365 c0`, 'no verdict: output-undecodable'],
  ['81 a24f6b c3', 'no verdict: output-undecodable'],
  ['82 a24f6b c400 a3457272 c0', 'no verdict: output-undecodable'],
  ['81 a24f6b c400', 'no verdict: $ no MessagePack: truncated at byte 0'],
  ['81 a24f6b c401 c3', 'no verdict: $ expected ValidateCallbackResult (a variant), got boolean'],
  ['81 a24f6b c406 a556616c6965', 'no verdict: $ ValidateCallbackResult has no variant "Valie"'],
  [
    '81 a24f6b c408 a7496e76616c6964',
    'no verdict: $ expected ValidateCallbackResult::Invalid with content, got str of 7',
  ],
  ['81 a24f6b c40a 81 a7496e76616c6964 07', 'no verdict: $.Invalid expected str, got integer 7'],
  [
    `81 a24f6b c44a ${UNRESOLVED.replace('2924', '2024')}`,
    'no verdict: $.UnresolvedDependencies.Hashes[0] expected AnyDhtHash, got the hash of Agent',
  ],
];

describe('validation', () => {
  it('reads the verdict from what the guest returned', () => {
    for (const [bytes, verdict, generation] of OUTPUTS) {
      expect(said(verdictOfOutput(hex(bytes), generation ?? '0.6')), bytes).to.equal(verdict);
    }
  });

  for (const generation of Object.keys(GENERATIONS) as Generation[]) {
    it(`considers an output decodable as docs/ABI.md defines it, and reads its verdict consistently: ${generation}`, () => {
      for (const row of DECODABLE) {
        const decodable = row.in.includes(generation);
        expect(isExternResult(row.bytes, generation), row.name).to.equal(decodable);
        const verdict = said(verdictOfOutput(row.bytes, generation));
        expect(verdict === 'no verdict: output-undecodable', row.name).to.equal(!decodable);
      }
    });
  }

  it('reads the location of an error by generation', () => {
    const both = hex(
      '81 a3457272 84 a466696c65 a161 ab6d6f64756c655f70617468 a162 a46c696e65 07 a56572726f72 81 a54775657374 a178',
    );
    expect(said(verdictOfOutput(both, '0.6'))).to.equal('Invalid: WasmError { file: "a", line: 7, error: Guest("x") }');
    expect(said(verdictOfOutput(both, '0.7'))).to.equal('Invalid: b:7: Guest("x")');
  });

  it('reads the verdict in a short circuit', () => {
    expect(said(verdictOfShortCircuit(hex(`c44a ${UNRESOLVED}`), '0.6'))).to.equal('Unresolved: Hashes');
    expect(said(verdictOfShortCircuit(hex('c401c1'), '0.6'))).to.match(/^no verdict: \$ no MessagePack in bin/);
  });

  it('passes the input as ExternIO', () => {
    expect(externPayload(Uint8Array.of(0xc0))).to.deep.equal(Uint8Array.of(0xc4, 1, 0xc0));
  });
});
