import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { AgreementCall, AgreementModule } from '../../src/agreement/agreement-call.js';
import { caseOfModule } from '../../src/agreement/agreement-case.js';
import { askNodes } from '../../src/agreement/find-disagreement.js';
import { type HostLogEntry, recordingImports, replayingImports } from '../../src/agreement/host-log.js';
import { hostsNamed } from '../../src/agreement/host-set.js';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { answerOf } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { goldenNode, writeGolden } from '../../src/agreement/node-golden.js';
import { hostLogNode } from '../../src/agreement/node-host-log.js';
import { processNode } from '../../src/agreement/node-process.js';
import { closeNodes, parseNode } from '../../src/agreement/node-spec.js';
import { createEngine } from '../../src/engine/engine.js';
import { checkGoldenReceipts } from './golden-receipts.js';

const DIVIDE: AgreementModule = {
  bytes: new Uint8Array(readFileSync('vectors/guests/wat/divide.wasm')),
  hosts: 'none',
};
const GROW: AgreementModule = { bytes: new Uint8Array(readFileSync('vectors/guests/wat/grow.wasm')), hosts: 'none' };

const call = (args: readonly string[], fuel = 100_000): AgreementCall => ({
  kind: 'values',
  export: 'divide',
  args,
  fuel,
});

const CALLS: readonly AgreementCall[] = [
  call(['i32:7', 'i32:2']),
  call(['i32:7', 'i32:0']),
  call(['i32:7', 'i32:2'], 5),
  call(['i32:7']),
  { kind: 'values', export: 'absent', args: [], fuel: 1 },
];

/** Each kind of node once, varied as far as the variation costs nothing. */
const SPECS: readonly string[] = [
  'instrumented',
  'interpreter+fresh',
  'instrumented+warm',
  'auto+reversed',
  'auto+shuffled',
  'instrumented+disturbed',
  'interpreter+pressure',
  'host-log@instrumented',
  'worker@interpreter',
  'small-worker@instrumented',
  'process@instrumented',
  'jitless@interpreter',
  'locale',
  'process@interpreter:node --stack-size=600',
];

describe('nodes', () => {
  const reference = engineNode({ tier: 'interpreter' });

  for (const spec of SPECS) {
    it(`${spec} agrees with the interpreter`, async () => {
      const node = parseNode(spec);
      try {
        assert.equal(node.name, spec);
        assert.match(await node.describe(), /^(node|bun|deno) \d/);
        const { answers, disagreement } = await askNodes([reference, node], DIVIDE, CALLS);
        assert.isUndefined(disagreement, JSON.stringify(disagreement?.difference));
        assert.deepEqual(
          answers[1]!.map(({ kind }) => kind),
          ['receipt', 'receipt', 'receipt', 'usage', 'usage'],
        );
      } finally {
        await node.close();
      }
    });
  }

  it('run from a log of the host calls alone', async () => {
    const logs: string[] = [];
    const replayed = hostLogNode({ tier: 'instrumented', onLog: (log) => logs.push(log) });
    for (let seed = 0; seed < 200; seed++) {
      const generated = moduleOfSeed(seed, { bodySizeMax: 20 });
      if (generated.program.importedFunctions.length < 2) continue;
      const { module, calls } = caseOfModule(generated);
      const { disagreement } = await askNodes([reference, replayed], module, calls);
      assert.isUndefined(disagreement, `seed ${seed}: ${JSON.stringify(disagreement?.difference)}`);
    }
    const names = new Set(
      logs.flatMap((log) => (JSON.parse(log) as HostLogEntry[]).map(({ module, name }) => `${module} ${name}`)),
    );
    assert.includeMembers([...names], ['env mix', 'env poke', 'env burn']);
  });

  it('that run from a log report a host call that is not in it', async () => {
    const engine = createEngine({ tier: 'interpreter' });
    const hosts = await hostsNamed('standard');
    const log: HostLogEntry[] = [];
    let seed = 0;
    for (; log.length === 0; seed++) {
      const { module, calls } = caseOfModule(moduleOfSeed(seed));
      const loaded = await engine.load(module.bytes, { imports: recordingImports(hosts, log) });
      assert.isTrue(loaded.ok && answerOf(loaded.module, calls[0]!).kind === 'receipt');
    }
    const { module, calls } = caseOfModule(moduleOfSeed(seed - 1));
    for (const wrong of [[], [{ ...log[0]!, args: ['i32:0x12345678', 'i32:0'] }]]) {
      const again = await engine.load(module.bytes, { imports: replayingImports(hosts, wrong) });
      const answer = again.ok ? answerOf(again.module, calls[0]!) : undefined;
      assert.match(answer?.kind === 'failure' ? answer.message : '', /the log has .*, but the call is "env" /);
    }
  });

  it('return the fault of a module that does not load', async () => {
    const [answer] = await reference.run({ bytes: Uint8Array.of(0), hosts: 'none' }, [call([])]);
    assert.deepEqual(answer, { kind: 'fault', fault: { kind: 'malformed', code: 'unexpected-end', offset: 1 } });
  });

  it('accept limits that differ from the default', async () => {
    const limits = { pages: 0 };
    const [answer] = await reference.run({ ...GROW, limits }, [call([])]);
    assert.equal(answer!.kind === 'fault' && answer.fault.code, 'limit-pages');
  });

  it('that break return a failure, and are restarted in a new process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-node-'));
    const runner = join(folder, 'runner.mjs');
    writeFileSync(
      runner,
      `console.log('{"hello":"a node that breaks"}'); process.stdin.once('data', () => { console.error('no more'); process.exit(7); });`,
    );
    const broken = processNode({ command: process.execPath, runner });
    const absent = processNode({ command: join(folder, 'absent') });
    try {
      for (let round = 0; round < 2; round++) {
        const [first, second] = await broken.run(DIVIDE, [call([]), call([])]);
        assert.deepEqual(first, second);
        assert.match(first!.kind === 'failure' ? first.message : '', /status 7: no more/);
      }
      const [answer] = await absent.run(DIVIDE, [call([])]);
      assert.match(answer!.kind === 'failure' ? answer.message : '', /ENOENT/);
    } finally {
      await closeNodes([broken, absent]);
      rmSync(folder, { recursive: true });
    }
  });

  it('that time out return a failure', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-node-'));
    const runner = join(folder, 'runner.mjs');
    writeFileSync(runner, `console.log('{"hello":"a node that hangs"}'); setInterval(() => 0, 1000);`);
    const node = processNode({ command: process.execPath, runner, timeoutMilliseconds: 200 });
    try {
      const [answer] = await node.run(DIVIDE, [call([])]);
      assert.match(answer!.kind === 'failure' ? answer.message : '', /no (greeting|result) within 200 ms/);
    } finally {
      await node.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('are refused by name when unknown', () => {
    for (const spec of ['', 'nobody', 'interpreter@never', 'worker+fresh', 'interpreter+slow', 'worker:x', 'golden']) {
      assert.throws(() => parseNode(spec), RangeError, undefined, spec);
    }
  });

  it('remember golden receipts, and have no opinion on other calls', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-golden-'));
    try {
      const answers = await reference.run(DIVIDE, CALLS.slice(0, 3));
      const rows = answers.flatMap((answer) => (answer.kind === 'receipt' ? [answer] : []));
      writeGolden(folder, 'divide', rows);
      const golden = goldenNode(folder);
      const asked = await askNodes([golden, reference], DIVIDE, [...CALLS.slice(0, 3), call(['i32:8', 'i32:3'])]);
      assert.isUndefined(asked.disagreement);
      assert.deepEqual(
        asked.answers[0]!.map(({ kind }) => kind),
        ['receipt', 'receipt', 'receipt', 'none'],
      );
      writeGolden(folder, 'divide', [{ ...rows[0]!, receipt: { ...rows[0]!.receipt, pages: 9 } }]);
      const wrong = await askNodes([goldenNode(folder), reference], DIVIDE, CALLS.slice(0, 1));
      assert.equal(wrong.disagreement?.difference.field, 'receipt.pages');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const node of [reference, engineNode({ tier: 'instrumented', cache: 'warm' })] as readonly AgreementNode[]) {
    it(`${node.name} returns every golden receipt`, async () => {
      assert.match(await checkGoldenReceipts(node), /^(\d+) of \1$/);
    });
  }
});
