/**
 * The reports of a check for people, programs and build servers, compared whole, and how a replay file is validated.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { type AgreementCall, callText, moduleJson, moduleOfJson, opCall } from '../../src/agreement/agreement-call.js';
import type { CheckReport } from '../../src/agreement/agreement-check.js';
import { type HostLogEntry, recordingImports, replayingImports } from '../../src/agreement/host-log.js';
import { answerText, type NodeAnswer } from '../../src/agreement/node-answer.js';
import { outcomeKey } from '../../src/agreement/outcome-key.js';
import { moduleLines, replayName, replayOf } from '../../src/agreement/replay.js';
import { readReplay, writeReplay } from '../../src/agreement/replay-file.js';
import { junitText, reportLines } from '../../src/agreement/report-text.js';
import type { HostAnswer, HostCall, HostFunctionImport } from '../../src/engine/imports/host-import.js';
import { HostFailure } from '../../src/machine/outcome.js';
import type { Value } from '../../src/wasm/value.js';
import { ANSWER, answer, CALL, SUBJECT, VALIDATION } from './fake-node.js';

const trapped = answer({ outcome: { kind: 'trapped', code: 'unreachable' } }, { values: [] });
const exhausted = answer({ outcome: { kind: 'exhausted', resource: 'fuel' } }, { values: null });

const ANSWERS: readonly (readonly [NodeAnswer, text: string, key: string])[] = [
  [ANSWER, 'returned i32:0x00000001 i32:0x00000002, fuel 10', 'returned'],
  [trapped, 'trapped unreachable, fuel 10', 'trapped unreachable'],
  [exhausted, 'exhausted fuel, fuel 10', 'exhausted fuel'],
  [
    VALIDATION,
    'Valid; one: returned i32:0x00000001 i32:0x00000002, fuel 10; two: returned i32:0x00000001 i32:0x00000002, fuel 10',
    'returned',
  ],
  [
    { ...VALIDATION, calls: [VALIDATION.calls[0]!, { ...VALIDATION.calls[1]!, ...trapped }] },
    'Valid; one: returned i32:0x00000001 i32:0x00000002, fuel 10; two: trapped unreachable, fuel 10',
    'trapped unreachable',
  ],
  [{ ...VALIDATION, calls: [] }, 'Valid', 'no zome asked'],
  [
    { kind: 'fault', fault: { kind: 'malformed', code: 'bad-magic', offset: 3 } },
    'malformed bad-magic at byte 3',
    'fault bad-magic',
  ],
  [{ kind: 'usage', code: 'no-such-export' }, 'cannot be called: no-such-export', 'usage'],
  [{ kind: 'failure', message: 'gone' }, 'the host failed: gone', 'failure'],
  [{ kind: 'none' }, 'has no opinion', 'none'],
];

describe('an answer in one line', () => {
  for (const [given, text, key] of ANSWERS) {
    it(text, () => {
      assert.equal(answerText(given), text);
      assert.equal(outcomeKey(given), key);
    });
  }

  it('and a call', () => {
    const bytes: AgreementCall = { kind: 'bytes', export: 'f', payload: '0011', fuel: 3 };
    assert.deepEqual(
      [
        CALL,
        bytes,
        { kind: 'validate', export: 'v', entry: '00', generation: '0.6', fuel: 4 } as const,
        opCall(Uint8Array.of(1, 2)),
      ].map(callText),
      [
        'f(i32:7) fuel 100',
        'f on 2 bytes fuel 3',
        'v on an entry of 1 bytes fuel 4',
        'validate on an op of 2 bytes fuel 10000000',
      ],
    );
    assert.equal(opCall(Uint8Array.of(1), 7).fuel, 7);
  });
});

const node = (name: string, tiers: Record<string, number> = {}) => ({ name, runtime: 'node 20', answers: 4, tiers });

const REPORT: CheckReport = {
  nodes: [
    node('interpreter', { interpreter: 4 }),
    node('auto', { interpreter: 1, instrumented: 3 }),
    node('worker', { instrumented: 4 }),
    node('golden:x'),
  ],
  calls: 2,
  properties: [
    { name: 'agreement', checked: 2, failure: undefined },
    { name: 'no-trap', checked: 2, failure: 'a <b> & "c"\n\u0001' },
  ],
  outcomes: { returned: 1, 'trapped unreachable': 3 },
  verdicts: { Valid: 1 },
  worst: { fuel: 9, call: { kind: 'bytes', export: 'f', payload: 'ab', fuel: 10 } },
  replay: undefined,
  seed: 7,
  ok: false,
};

describe('a report', () => {
  it('for a person', () => {
    assert.deepEqual(reportLines(REPORT), [
      'interpreter  4 results  node 20',
      'auto         4 results  node 20, 3 instrumented, 1 interpreter',
      'worker       4 results  node 20, 4 instrumented',
      'golden:x     4 results  node 20',
      '',
      'passed  agreement (2)',
      'FAILED  no-trap: a <b> & "c"\n\u0001',
      '',
      '2 inputs: 3 trapped unreachable, 1 returned; seed 7',
      'verdicts: 1 Valid',
      'most expensive: 9 fuel, f on 1 bytes fuel 10: ab',
    ]);
  });

  it('without a seed, verdicts, or an input', () => {
    const { seed: _, ...rest } = REPORT;
    const lines = reportLines({ ...rest, verdicts: {}, worst: { fuel: 1, call: CALL } });
    assert.deepEqual(lines.slice(-2), [
      '2 inputs: 3 trapped unreachable, 1 returned',
      'most expensive: 1 fuel, f(i32:7) fuel 100',
    ]);
    assert.lengthOf(reportLines({ ...rest, verdicts: {}, worst: undefined }), lines.length - 1);
    const long = (digits: number) =>
      reportLines({
        ...rest,
        worst: { fuel: 1, call: { kind: 'bytes', export: 'f', payload: 'a'.repeat(digits), fuel: 1 } },
      }).at(-1)!;
    assert.match(long(200), /: a{200}$/);
    assert.match(long(202), /: a{200}…$/);
  });

  it('with a disagreement', () => {
    const replay = replayOf(
      ['a', 'b'],
      SUBJECT,
      [CALL],
      { field: 'values', left: '1', right: '2', nodes: ['a', 'b'] },
      [ANSWER],
      ['here'],
    );
    const lines = reportLines({ ...REPORT, replay });
    assert.deepEqual(lines.slice(11, 17), [
      '',
      'a and b differ in values',
      '  a: 1',
      '  b: 2',
      'on the call f(i32:7) fuel 100',
      'here',
    ]);
  });

  it('for a build server', () => {
    assert.equal(
      junitText('x<1>', REPORT),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="x&lt;1&gt;" tests="2" failures="1">
    <testcase classname="x&lt;1&gt;" name="agreement"/>
    <testcase classname="x&lt;1&gt;" name="no-trap">
      <failure message="a &lt;b&gt; &amp; &quot;c&quot;&#10;\ufffd"/>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  });
});

describe('a replay file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-replay-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep', 'er', 'replay.json');
  const difference = { field: 'values', left: '1', right: '2', nodes: ['a', 'b'] } as const;
  const replay = replayOf(['a', 'b'], SUBJECT, [CALL], difference, [ANSWER], []);
  const [op, validation, bytes] = [
    { ...CALL, kind: 'op', op: '80' },
    { ...CALL, kind: 'validate', entry: '', generation: '0.7' },
    { ...CALL, kind: 'bytes', payload: 'c0' },
  ];
  const OF_KINDS = [op, validation, bytes];
  const isRead = (value: unknown) => {
    writeFileSync(path, JSON.stringify(value));
    try {
      readReplay(path);
      return true;
    } catch (error) {
      assert.instanceOf(error, RangeError);
      assert.match(
        (error as Error).message,
        /^the file does not have format 'assay-agreement-1', a module, calls and nodes$/,
      );
      return false;
    }
  };

  it('is valid when complete, and stores no tier', () => {
    writeReplay(path, replay);
    assert.deepEqual(readReplay(path), replay);
    assert.notProperty(replay.expected[0], 'tier');
    assert.isTrue(
      isRead({
        ...replay,
        module: { zomes: [] },
        calls: OF_KINDS,
        expected: [ANSWER, ANSWER, ANSWER],
      }),
    );
  });

  const wrong: Readonly<Record<string, unknown>> = {
    'no object': 7,
    null: null,
    'another format': { ...replay, format: 'assay-agreement-2' },
    'no module': { ...replay, module: undefined },
    'a module that is null': { ...replay, module: null },
    'a module that is a string': { ...replay, module: 'wasm' },
    'a module without bytes or zomes': { ...replay, module: { hosts: 'none' } },
    'no calls': { ...replay, calls: [], expected: [] },
    'an op without bytes': { ...replay, calls: [{ ...op, op: undefined }] },
    'an op with half a byte': { ...replay, calls: [{ ...op, op: '8' }] },
    'a payload that is not a string': { ...replay, calls: [{ ...bytes, payload: 7 }] },
    'an entry without a generation': { ...replay, calls: [{ ...validation, generation: 'constructor' }] },
    'an entry that is not hexadecimal': { ...replay, calls: [{ ...validation, entry: 'xy' }] },
    'calls that are not a list': { ...replay, calls: { 0: CALL } },
    'a call that is null': { ...replay, calls: [CALL, null] },
    'a call that is a number': { ...replay, calls: [7] },
    'a call without a kind': { ...replay, calls: [{ ...CALL, kind: 'other' }] },
    'a call without fuel': { ...replay, calls: [{ ...CALL, fuel: undefined }] },
    'a call with half a unit': { ...replay, calls: [{ ...CALL, fuel: 0.5 }] },
    'a call without an export': { ...replay, calls: [{ ...CALL, export: 7 }] },
    'nodes that are not a list': { ...replay, nodes: 'a' },
    'no nodes': { ...replay, nodes: [] },
    'nothing expected': { ...replay, expected: undefined },
    'one result too few': { ...replay, calls: OF_KINDS, expected: [ANSWER, ANSWER] },
    'one result too many': { ...replay, expected: [ANSWER, ANSWER] },
    'an invalid result': { ...replay, expected: [{}] },
  };
  for (const [what, value] of Object.entries(wrong)) it(`is invalid: ${what}`, () => assert.isFalse(isRead(value)));

  it('is invalid if it is not JSON', () => {
    writeFileSync(path, '{');
    assert.throws(() => readReplay(path), RangeError, /^the file is not JSON: /);
  });

  it('has a name derived from its module, calls and nodes', () => {
    assert.match(replayName(replay), /^agreement-[0-9a-f]{12}\.json$/);
    assert.equal(replayName({ ...replay, where: ['x'] }), replayName(replay));
    const others = [
      { ...replay, calls: [] },
      { ...replay, difference: { ...difference, nodes: ['a', 'c'] as const } },
      { ...replay, module: { wasm: '01', hosts: 'none' } },
    ];
    assert.equal(new Set([replay, ...others].map(replayName)).size, 4);
  });

  it('shows a module as far as it is short and readable', () => {
    assert.deepEqual(moduleLines({ zomes: [{ name: 'a', wasm: Uint8Array.of(1, 2) }] }), ['zome a, 2 bytes']);
    assert.lengthOf(moduleLines(SUBJECT), 1);
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    assert.match(moduleLines({ bytes: empty, hosts: 'none' }).join(''), /^\(module/);
  });
});

describe('a subject as JSON', () => {
  const zomes = {
    zomes: [{ name: 'a', wasm: Uint8Array.of(1), kind: 'integrity' as const }],
    dnaInfo: { name: 'n', hash: Uint8Array.of(2), modifiers: { network_seed: 's', properties: Uint8Array.of(3) } },
    generation: '0.7' as const,
    dependencies: Uint8Array.of(4),
    zome: 'a',
    limits: { pages: 3 },
  };

  it('round-trips, and is plain JSON', () => {
    for (const subject of [
      SUBJECT,
      { ...SUBJECT, limits: { pages: 1 } },
      zomes,
      { zomes: [] },
      { zomes: [], dnaInfo: { modifiers: {} } },
    ]) {
      const json = JSON.parse(JSON.stringify(moduleJson(subject as typeof zomes)));
      assert.deepEqual(moduleOfJson(json) as unknown, subject);
    }
    assert.deepEqual(JSON.parse(JSON.stringify(moduleJson(zomes))), {
      zomes: [{ name: 'a', kind: 'integrity', wasm: '01' }],
      dnaInfo: { name: 'n', hash: '02', modifiers: { network_seed: 's', properties: '03' } },
      generation: '0.7',
      dependencies: '04',
      zome: 'a',
      limits: { pages: 3 },
    });
  });
});

describe('a log of host calls', () => {
  const ROW: HostFunctionImport = {
    module: 'env',
    name: 'f',
    type: { params: ['i32'], results: ['i64'] },
    run: () => [{ type: 'i64', bits: 9n }],
  };
  const i32 = (bits: number): Value => ({ type: 'i32', bits });

  /** A call with all its effects recorded. */
  function callOf(effects: unknown[], withMemory = true): HostCall {
    const memory = {
      byteLength: 65_536,
      read: (offset: number, length: number) => new Uint8Array(length).fill(offset),
      write: (offset: number, bytes: Uint8Array) => effects.push(['write', offset, [...bytes]]),
    };
    return {
      context: 'kept',
      fuelLeft: () => 55,
      charge: (units: number) => effects.push(['charge', units]) < 99,
      call: (name: string, args: readonly Value[]) => effects.push(['call', name, args]),
      memory: withMemory ? memory : undefined,
      record: (input: Uint8Array, output: Uint8Array) => effects.push(['record', [...input], [...output]]),
    } as unknown as HostCall;
  }

  const EFFECTS = [
    ['charge', 3],
    ['write', 8, [1, 2]],
    ['call', 'g', [i32(4)]],
    ['record', [5], [6]],
  ];

  it('has every step in order, and the replay repeats them', () => {
    const log: HostLogEntry[] = [];
    const seen: unknown[] = [];
    const run: HostFunctionImport['run'] = (call) => {
      seen.push(call.context, call.fuelLeft(), call.memory!.byteLength, [...call.memory!.read(7, 2)]);
      seen.push(call.charge(3));
      call.memory!.write(8, Uint8Array.of(1, 2));
      call.call('g', [i32(4)]);
      call.record(Uint8Array.of(5), Uint8Array.of(6));
      return [{ type: 'i64', bits: 9n }];
    };
    const global = { module: 'env', name: 'g', value: i32(1) } as const;
    const [recorded, constant] = recordingImports([{ ...ROW, run }, global], log);
    assert.equal(constant, global);
    const first: unknown[] = [];
    assert.deepEqual((recorded as HostFunctionImport).run(callOf(first), [i32(7)]), [{ type: 'i64', bits: 9n }]);
    assert.deepEqual(first, EFFECTS);
    assert.deepEqual(seen, ['kept', 55, 65_536, [7, 7], true]);
    assert.deepEqual(log, [
      {
        module: 'env',
        name: 'f',
        args: ['i32:0x00000007'],
        steps: [
          { charge: 3 },
          { write: '0102', offset: 8 },
          { call: 'g', args: ['i32:0x00000004'] },
          { record: ['05', '06'] },
        ],
        answer: { values: ['i64:0x0000000000000009'] },
      },
    ]);
    const [replaying, kept] = replayingImports([ROW, global], JSON.parse(JSON.stringify(log)) as HostLogEntry[]);
    assert.equal(kept, global);
    const again: unknown[] = [];
    assert.deepEqual((replaying as HostFunctionImport).run(callOf(again), [i32(7)]), [{ type: 'i64', bits: 9n }]);
    assert.deepEqual(again, EFFECTS);
  });

  const answers: readonly (readonly [HostAnswer, HostLogEntry['answer']])[] = [
    [undefined, null],
    [[], { values: [] }],
    [{ kind: 'short-circuited', payload: Uint8Array.of(1) }, { payload: '01' }],
    [{ kind: 'breached', code: 'export-type' } as HostAnswer, { breach: 'export-type' }],
  ];
  for (const [given, logged] of answers) {
    it(`has the answer ${JSON.stringify(logged)}`, () => {
      const log: HostLogEntry[] = [];
      const [recorded] = recordingImports([{ ...ROW, run: () => given }], log);
      assert.deepEqual((recorded as HostFunctionImport).run(callOf([], false), [i32(7)]), given);
      assert.deepEqual(log[0]!.answer, logged);
      const [replaying] = replayingImports([ROW], log);
      assert.deepEqual((replaying as HostFunctionImport).run(callOf([], false), [i32(7)]), given);
    });
  }

  it('fails the host on another function, other arguments, and an extra call', () => {
    const entry: HostLogEntry = { module: 'env', name: 'f', args: ['i32:0x00000007'], steps: [], answer: null };
    const run = (log: readonly HostLogEntry[], times: number, changes = {}, arg = 7) => {
      const [replaying] = replayingImports([{ ...ROW, ...changes }], log);
      for (let n = 0; n < times; n++) (replaying as HostFunctionImport).run(callOf([]), [i32(arg)]);
    };
    run([entry, entry], 2);
    assert.throws(
      () => run([entry], 2),
      HostFailure,
      'the log has no further call here, but the call is "env" "f"(i32:0x00000007)',
    );
    assert.throws(
      () => run([entry], 1, { name: 'g' }),
      HostFailure,
      'the log has "env" "f"(i32:0x00000007) here, but the call is "env" "g"(i32:0x00000007)',
    );
    assert.throws(
      () => run([entry], 1, {}, 8),
      HostFailure,
      'the log has "env" "f"(i32:0x00000007) here, but the call is "env" "f"(i32:0x00000008)',
    );
    assert.throws(() => run([{ ...entry, answer: { values: ['i32:x'] } }], 1), RangeError);
  });
});
