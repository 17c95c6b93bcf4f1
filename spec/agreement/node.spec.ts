import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { AgreementCall, AgreementModule } from '../../src/agreement/agreement-call.js';
import { askNodes } from '../../src/agreement/find-disagreement.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { goldenNode, writeGolden } from '../../src/agreement/node-golden.js';
import { processNode } from '../../src/agreement/node-process.js';
import { closeNodes, parseNode } from '../../src/agreement/node-spec.js';
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

/** Each kind of node once; what may vary is varied as far as it costs nothing. */
const SPECS: readonly string[] = [
  'instrumented',
  'interpreter+fresh',
  'instrumented+warm',
  'auto+reversed',
  'auto+shuffled',
  'instrumented+disturbed',
  'interpreter+pressure',
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
    it(`${spec} answers as the interpreter does`, async () => {
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

  it('answer a module that does not load by its fault', async () => {
    const [answer] = await reference.run({ bytes: Uint8Array.of(0), hosts: 'none' }, [call([])]);
    assert.deepEqual(answer, { kind: 'fault', fault: { kind: 'malformed', code: 'unexpected-end', offset: 1 } });
  });

  it('take limits that differ from the default', async () => {
    const limits = { pages: 0 };
    const [answer] = await reference.run({ ...GROW, limits }, [call([])]);
    assert.equal(answer!.kind === 'fault' && answer.fault.code, 'limit-pages');
  });

  it('that break answer failure, and are asked again in a new process', async () => {
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

  it('that do not answer in time answer failure', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-node-'));
    const runner = join(folder, 'runner.mjs');
    writeFileSync(runner, `console.log('{"hello":"a node that hangs"}'); setInterval(() => 0, 1000);`);
    const node = processNode({ command: process.execPath, runner, timeoutMilliseconds: 200 });
    try {
      const [answer] = await node.run(DIVIDE, [call([])]);
      assert.match(answer!.kind === 'failure' ? answer.message : '', /no answer within 200 ms/);
    } finally {
      await node.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('are told by name when there is none', () => {
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
    it(`${node.name} gives every golden receipt`, async () => {
      assert.match(await checkGoldenReceipts(node), /^(\d+) of \1$/);
    });
  }
});
