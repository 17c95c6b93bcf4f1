/** The display of outcomes and verdicts, including those that a module without imports cannot have. */

import { expect } from 'chai';
import pc from 'picocolors';
import type { NoVerdict, Verdict } from '../../src/boundary/validation.js';
import { callDocument, outcomeLine } from '../../src/cli/call-report.js';
import { consoleOf } from '../../src/cli/console.js';
import { columns, counted, grouped, printable, shortened } from '../../src/cli/layout.js';
import { runCommandLine } from '../../src/cli/program.js';
import { verdictLines } from '../../src/cli/verdict-report.js';
import { type CallResult, HostFailure, i32 } from '../../src/index.js';
import { verdictJson } from '../../src/zome/verdict-json.js';
import { loadText } from '../engine/load-text.js';

const PLAIN = pc.createColors(false);

let returned: CallResult;

before(async () => {
  returned = (await loadText('(module (func (export "f") (result i32) (i32.const 7)))')).call('f');
});

describe('reports of outcomes', () => {
  const outcomes: readonly (readonly [CallResult['outcome'], string, object])[] = [
    [{ kind: 'returned', values: [] }, 'returned nothing', { kind: 'returned', values: [] }],
    [
      { kind: 'returned', values: [i32(7), { type: 'externref', ref: null }] },
      'returned i32:0x00000007 (7), externref:null',
      { kind: 'returned', values: ['i32:0x00000007', 'externref:null'] },
    ],
    [
      { kind: 'short-circuited', payload: Uint8Array.of(1, 255) },
      'short-circuited by a host function with 2 bytes',
      { kind: 'short-circuited', payload: '01ff' },
    ],
    [
      { kind: 'breached', code: 'output-pointer' },
      'breached output-pointer: the called export returned a pointer of 2 GiB or more',
      { kind: 'breached', code: 'output-pointer' },
    ],
    [
      { kind: 'breached', code: 'reference' },
      'breached reference: a reference other than null was passed to the host',
      { kind: 'breached', code: 'reference' },
    ],
  ];
  for (const [outcome, line, document] of outcomes) {
    it(line, () => {
      expect(outcomeLine(outcome, PLAIN)).to.equal(line);
      expect((callDocument({ ...returned, outcome }) as { outcome: object }).outcome).to.deep.equal(document);
    });
  }

  it('returned bytes', () => {
    const outcome = { kind: 'returned', output: Uint8Array.of(192) } as const;
    expect(outcomeLine(outcome, PLAIN)).to.equal('returned 1 bytes');
    expect(callDocument({ ...returned, outcome })).to.deep.include({ outcome: { kind: 'returned', output: 'c0' } });
  });
});

describe('reports of verdicts', () => {
  const none = (cause: NoVerdict): Verdict => ({ kind: 'NoVerdict', cause });
  const agent = new Uint8Array(39).fill(1);
  const filter = {
    chain_top: new Uint8Array(39).fill(2),
    filters: { kind: 'ToGenesis' },
    include_cached_entries: false,
  } as const;
  const activity = { kind: 'AgentActivity', agent, filter } as const;

  const verdicts: readonly (readonly [Verdict, readonly string[], object])[] = [
    [{ kind: 'Valid' }, ['Valid'], { verdict: 'Valid' }],
    [{ kind: 'Invalid', reason: 'a\u0007b' }, ['Invalid a\\u{7}b'], { verdict: 'Invalid', reason: 'a\u0007b' }],
    [
      { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: [Uint8Array.of(1, 2)] } },
      ['UnresolvedDependencies', '  0102'],
      { verdict: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: ['0102'] } },
    ],
    [
      { kind: 'UnresolvedDependencies', dependencies: activity },
      ['UnresolvedDependencies', `  activity of ${'01'.repeat(39)} up to ${'02'.repeat(39)}`],
      {
        verdict: 'UnresolvedDependencies',
        dependencies: { kind: 'AgentActivity', agent: '01'.repeat(39), chainTop: '02'.repeat(39) },
      },
    ],
    [
      none({ kind: 'error', error: { file: 'lib.rs', line: 7, error: { kind: 'Host', value: 'no' } } }),
      ['no verdict the guest returned the error Host (lib.rs:7)'],
      {
        verdict: null,
        cause: { kind: 'error', code: 'Host', text: 'WasmError { file: "lib.rs", line: 7, error: Host("no") }' },
      },
    ],
    [
      none({ kind: 'undecodable', error: { path: '$.x', reason: 'not str' } }),
      ['no verdict the guest did not return a ValidateCallbackResult: not str at $.x'],
      { verdict: null, cause: { kind: 'undecodable', path: '$.x', reason: 'not str' } },
    ],
    [
      none({ kind: 'breached', code: 'allocate-missing' }),
      ['no verdict breached allocate-missing: the guest exports no function __hc__allocate_1'],
      { verdict: null, cause: { kind: 'breached', code: 'allocate-missing' } },
    ],
    [
      none({ kind: 'exhausted', resource: 'fuel', backtrace: () => [] }),
      ['no verdict exhausted fuel: the fuel limit is reached'],
      { verdict: null, cause: { kind: 'exhausted', resource: 'fuel' } },
    ],
    [
      none({ kind: 'trapped', code: 'integer-overflow', backtrace: () => [] }),
      ['no verdict trapped integer-overflow: an integer result does not fit its type'],
      { verdict: null, cause: { kind: 'trapped', code: 'integer-overflow' } },
    ],
  ];
  for (const [verdict, lines, document] of verdicts) {
    it(lines.join(' '), () => {
      expect(verdictLines({ verdict }, PLAIN)).to.deep.equal(lines);
      expect(verdictJson(verdict)).to.deep.equal(document);
    });
  }
});

describe('layout', () => {
  it('groups and counts', () => {
    expect([0, 999, 1000, 1234567, 9007199254740991].map(grouped)).to.deep.equal([
      '0',
      '999',
      '1,000',
      '1,234,567',
      '9,007,199,254,740,991',
    ]);
    expect([counted(1, 'byte'), counted(2, 'byte'), counted(1000, 'entry', 'entries')]).to.deep.equal([
      '1 byte',
      '2 bytes',
      '1,000 entries',
    ]);
  });

  it('aligns styled text by its visible width', () => {
    const style = (text: string): string => `<${text}>`;
    expect(
      columns(
        [
          ['a', { text: 'bb', style }, 'c'],
          ['dddd', 'e'],
        ],
        [1],
      ),
    ).to.deep.equal(['a     <bb>  c', 'dddd   e']);
  });

  it('shortens by characters, and escapes invisible ones', () => {
    expect(shortened('héllo 👋👋', 7)).to.equal('héllo …');
    expect(shortened('short', 5)).to.equal('short');
    expect(printable('a\nb\u200bc\ud800')).to.equal('a\\u{a}b\\u{200b}c\\u{d800}');
  });
});

describe('a command with an internal error', () => {
  const streams = (error: Error) => {
    let err = '';
    const stdout = {
      write: (): never => {
        throw error;
      },
    };
    const console = consoleOf(stdout, { write: (text: string) => (err += text) }, {});
    return { console, printed: () => err };
  };

  for (const [error, message] of [
    [
      new HostFailure('the host cannot allocate'),
      /^error: the host cannot allocate\nhelp: {2}this is not an outcome of the guest/,
    ],
    [new TypeError('oops'), /^error: internal error, TypeError: oops\nhelp: {2}this is a bug in assay/],
  ] as const) {
    it(`exits with status 5: ${error.name}`, async () => {
      const { console, printed } = streams(error);
      expect(await runCommandLine(['call', 'vectors/guests/wat/answer.wasm', 'answer'], console)).to.equal(5);
      expect(printed()).to.match(message);
      expect(printed()).to.not.match(/^\s+at /m);
    });
  }
});
