/**
 * Nodes behind a channel, nodes that vary another, and nodes that keep state, with hand-made remote sides: order,
 * broken connections and time-outs, and that no result is lost or assigned to another request.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { Answerer, type RequestJson } from '../../src/agreement/answer-request.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import type { NodeAnswer } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { goldenNode, writeGolden } from '../../src/agreement/node-golden.js';
import { type Channel, remoteNode } from '../../src/agreement/node-remote.js';
import { closeNodes, DEFAULT_NODES, parseNode, parseNodes, withNodes } from '../../src/agreement/node-spec.js';
import { VARIATIONS, variedNode } from '../../src/agreement/node-variations.js';
import { hash, toHex } from '../../src/base/hash.js';
import { withoutWebAssembly } from '../without-webassembly.js';
import { ANSWER, answer, CALL, callAt, fakeNode, RECEIPT, SUBJECT, used } from './fake-node.js';

/** A remote side that records the requests; the test supplies the responses. */
class FarSide {
  readonly requests: RequestJson[] = [];
  opened = 0;
  closed = 0;
  say: (line: object) => void = () => undefined;
  end: (reason: string) => void = () => undefined;
  /** Handles a request. */
  onRequest: (request: RequestJson) => void = () => undefined;
  hello: string | undefined = 'far';

  readonly open = (receive: (line: string) => void, broke: (reason: string) => void): Channel => {
    this.opened += 1;
    this.say = (line) => receive(JSON.stringify(line));
    this.end = broke;
    const { hello } = this;
    if (hello !== undefined) queueMicrotask(() => receive(JSON.stringify({ hello })));
    return {
      send: (line) => {
        const request = JSON.parse(line) as RequestJson;
        this.requests.push(request);
        this.onRequest(request);
      },
      close: async () => {
        this.closed += 1;
      },
    };
  };
}

const messages = (answers: readonly NodeAnswer[]) =>
  answers.map((one) => (one.kind === 'failure' ? one.message : one.kind));

describe('a node behind a channel', () => {
  it('introduces itself, receives a module once, and returns an answer to each request', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open });
    assert.equal(await node.describe(), 'far');
    const held: RequestJson[] = [];
    far.onRequest = (request) => held.push(request);
    const first = node.run(SUBJECT, [callAt(1)]);
    const second = node.run(SUBJECT, [callAt(2), callAt(3)]);
    await new Promise(setImmediate);
    assert.deepEqual(
      held.map(({ id, calls }) => [id, calls.length]),
      [
        [0, 1],
        [1, 2],
      ],
    );
    assert.deepEqual(
      held.map(({ module }) => module),
      [{ wasm: '00', hosts: 'none' }, undefined],
    );
    // The later request first.
    far.say({ id: 1, answers: [used(2), used(3)] });
    far.say({ id: 0, answers: [used(1)] });
    assert.deepEqual(await first, [used(1)]);
    assert.deepEqual(await second, [used(2), used(3)]);
    const other = node.run({ ...SUBJECT }, [CALL]);
    await new Promise(setImmediate);
    assert.isDefined(held[2]!.module, 'another module is sent');
    far.say({ id: 2, error: 'a bug' });
    assert.deepEqual(messages(await other), ['a bug']);
    assert.equal(far.opened, 1);
    await node.close();
    assert.equal(far.closed, 1);
    await node.close();
    assert.equal(far.closed, 1);
  });

  it('fails every open request when the channel breaks, then is reopened with the module', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open });
    far.onRequest = () => queueMicrotask(() => far.end('gone'));
    assert.deepEqual(messages(await node.run(SUBJECT, [callAt(1), callAt(2)])), ['gone', 'gone']);
    far.onRequest = ({ id }) => queueMicrotask(() => far.say({ id, answers: [ANSWER] }));
    assert.deepEqual(await node.run(SUBJECT, [CALL]), [ANSWER]);
    assert.equal(far.opened, 2);
    assert.isDefined(far.requests[1]!.module);
    await node.close();
  });

  it('may break before it has introduced itself, and between two requests', async () => {
    const far = new FarSide();
    far.hello = undefined;
    const node = remoteNode({ name: 'far', open: far.open });
    const asked = node.run(SUBJECT, [CALL]);
    far.end('never came');
    assert.deepEqual(messages(await asked), ['never came']);
    const described = node.describe().catch((error: Error) => error.message);
    far.end('never came either');
    assert.equal(await described, 'never came either');
    assert.isEmpty(far.requests);
  });

  it('times out after its time limit, and not before', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open, timeoutMilliseconds: 60 });
    const [late] = await node.run(SUBJECT, [CALL]);
    assert.deepEqual(messages([late!]), ['no result within 60 ms']);
    assert.equal(far.closed, 1);
    far.onRequest = ({ id }) => setTimeout(() => far.say({ id, answers: [ANSWER] }), 5);
    assert.deepEqual(await node.run(SUBJECT, [CALL]), [ANSWER]);
    await new Promise((done) => setTimeout(done, 90));
    assert.equal(far.closed, 1, 'an answer in time ends the clock');
    assert.deepEqual(await node.run(SUBJECT, [CALL]), [ANSWER]);
    assert.equal(far.opened, 2);
    await node.close();
  });
});

describe('a node behind a channel that violates the protocol', () => {
  it('is abandoned if it does not introduce itself', async () => {
    const far = new FarSide();
    far.hello = undefined;
    const node = remoteNode({ name: 'far', open: far.open, timeoutMilliseconds: 30 });
    assert.deepEqual(messages(await node.run(SUBJECT, [CALL])), ['no greeting within 30 ms']);
    assert.equal(far.closed, 1);
  });

  it('is abandoned after a line that is not complete JSON', async () => {
    let receive: (line: string) => void = () => undefined;
    let closed = 0;
    const node = remoteNode({
      name: 'far',
      open: (heard) => {
        receive = heard;
        queueMicrotask(() => heard('{"hello":"far"}'));
        const close = async () => {
          closed += 1;
        };
        return { send: () => queueMicrotask(() => receive('{"id":0,"ans')), close };
      },
    });
    assert.match(messages(await node.run(SUBJECT, [CALL]))[0]!, /^it sent an invalid response: \{"id":0,"ans$/);
    assert.equal(closed, 1);
  });

  it('fails if it returns fewer results than calls, or something that is not a result', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open });
    for (const answers of [[], [ANSWER], [ANSWER, { kind: 'receipt' }], [ANSWER, null], 'all']) {
      far.onRequest = ({ id }) => queueMicrotask(() => far.say({ id, answers }));
      const given = messages(await node.run(SUBJECT, [callAt(1), callAt(2)]));
      assert.lengthOf(given, 2);
      for (const message of given) assert.match(message!, /^it returned .* for 2 calls/);
    }
    await node.close();
  });

  it('ignores the end of a channel that was already replaced', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open });
    far.onRequest = () => queueMicrotask(() => far.end('an error'));
    await node.run(SUBJECT, [CALL]);
    const { end } = far;
    far.onRequest = ({ id }) => {
      // A thread that has failed also reports later that it has ended.
      end('the thread ended');
      queueMicrotask(() => far.say({ id, answers: [ANSWER] }));
    };
    assert.deepEqual(await node.run(SUBJECT, [CALL]), [ANSWER]);
    assert.deepEqual(await node.run(SUBJECT, [CALL]), [ANSWER]);
    assert.equal(far.opened, 2);
    await node.close();
    assert.equal(far.closed, 1);
  });

  it('fails open requests when it is closed', async () => {
    const far = new FarSide();
    const node = remoteNode({ name: 'far', open: far.open });
    const asked = node.run(SUBJECT, [CALL]);
    await new Promise(setImmediate);
    await node.close();
    assert.deepEqual(messages(await asked), ['it was closed']);
  });
});

describe('the remote side of a channel', () => {
  const line = async (answerer: Answerer, request: object) => JSON.parse(await answerer.reply(JSON.stringify(request)));

  it('remembers the module of the previous request, and reports what is wrong', async () => {
    const answerer = new Answerer('interpreter');
    assert.match(JSON.parse(answerer.hello()).hello, /^node \d/);
    assert.deepEqual(await line(answerer, { id: 4, calls: [CALL] }), {
      id: 4,
      error: 'the first request has no module',
    });
    const asked = { id: 5, module: { wasm: '00', hosts: 'none' }, calls: [CALL] };
    const fault = { kind: 'fault', fault: { kind: 'malformed', code: 'unexpected-end', offset: 1 } };
    assert.deepEqual(await line(answerer, asked), { id: 5, answers: [fault] });
    assert.deepEqual(await line(answerer, { id: 6, calls: [CALL, CALL] }), { id: 6, answers: [fault, fault] });
    const odd = await line(answerer, { id: 7, module: { wasm: '0', hosts: 'none' }, calls: [] });
    assert.match(odd.error, /^RangeError: bytes are written/);
  });

  it('reports that it has only the interpreter, and why', () => {
    const hello = withoutWebAssembly(() => new Answerer('auto').hello());
    assert.match(JSON.parse(hello).hello, /^node .*, interpreter only \(no WebAssembly\)$/);
  });
});

describe('a varied node', () => {
  const calls = Array.from({ length: 20 }, (_, n) => callAt(n));
  const echo = (call: AgreementCall) => answer({ input: call.kind === 'bytes' ? call.payload : '' });

  for (const variation of VARIATIONS) {
    it(`${variation}: returns answers in the order of the calls`, async () => {
      const inner = fakeNode('n', echo, 'interpreter');
      const node = variedNode(inner, variation);
      assert.equal(node.name, `n+${variation}`);
      assert.equal(node.tier, 'interpreter');
      assert.equal(await node.describe(), 'runtime of n');
      assert.deepEqual(await node.run(SUBJECT, calls), calls.map(echo));
      const made = inner.asked.flat().filter(({ fuel }) => fuel === 100);
      assert.sameDeepMembers(made, calls);
      const isInOrder = JSON.stringify(made) === JSON.stringify(calls);
      assert.equal(isInOrder, variation === 'disturbed' || variation === 'pressure');
      await node.close();
      assert.equal(inner.closed, 1);
    });
  }

  it('reversed: runs from the last call to the first; shuffled: in the same order each time', async () => {
    const orders = async (variation: 'reversed' | 'shuffled') => {
      const inner = fakeNode('n', echo);
      const node = variedNode(inner, variation);
      assert.isUndefined(node.tier);
      await node.run(SUBJECT, calls);
      await node.run(SUBJECT, calls);
      assert.deepEqual(inner.asked[0], inner.asked[1]);
      return inner.asked[0]!;
    };
    assert.deepEqual(await orders('reversed'), [...calls].reverse());
    const order = (await orders('shuffled')).map((call) =>
      calls.indexOf(
        calls.find((one) => one.kind === 'bytes' && call.kind === 'bytes' && one.payload === call.payload)!,
      ),
    );
    assert.isAtLeast(order.filter((at, position) => at !== position).length, 12, 'hardly any keeps its position');
    assert.notDeepEqual(
      order,
      [...order].sort((a, b) => b - a),
    );
  });

  it('disturbed: runs another module and part of the call before each call', async () => {
    const asked: [bytes: string, call: AgreementCall][] = [];
    const inner: AgreementNode = {
      ...fakeNode('n', echo),
      run: async (module, batch) => {
        if (!('bytes' in module)) throw new Error('a module');
        for (const call of batch) asked.push([toHex(module.bytes.subarray(0, 4)), call]);
        return batch.map(echo);
      },
    };
    await variedNode(inner, 'disturbed').run(SUBJECT, calls.slice(0, 2));
    assert.deepEqual(
      asked.map(([bytes, { export: name, fuel }]) => [bytes, name, fuel]),
      [
        ['0061736d', 'f', 1_000_000],
        ['00', 'f', 10_000],
        ['00', 'f', 100],
        ['0061736d', 'f', 1_000_000],
        ['00', 'f', 10_000],
        ['00', 'f', 100],
      ],
    );
  });

  it('disturbed: the other module fills its memory and traps', async () => {
    let disturbed: NodeAnswer | undefined;
    const interpreter = engineNode({ tier: 'interpreter' });
    const inner: AgreementNode = {
      ...interpreter,
      name: 'n',
      describe: async () => '',
      close: async () => undefined,
      run: async (module, batch) => {
        if ('bytes' in module && module !== SUBJECT) [disturbed] = await interpreter.run(module, batch);
        return batch.map(echo);
      },
    };
    await variedNode(inner, 'disturbed').run(SUBJECT, [callAt(0)]);
    if (disturbed?.kind !== 'receipt') throw new Error(JSON.stringify(disturbed));
    assert.deepEqual(disturbed.receipt.outcome, { kind: 'trapped', code: 'out-of-bounds-memory-access' });
    assert.equal(disturbed.receipt.pages, 1);
    assert.isAbove(disturbed.receipt.fuel.used, 1_000);
  });
});

describe('a node of golden receipts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-golden-'));
  after(() => rmSync(folder, { recursive: true }));
  const input = toHex(hash(Uint8Array.of(1)));
  const call: AgreementCall = { kind: 'bytes', export: 'f', payload: '01', fuel: 100 };
  const module = { bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), hosts: 'none' };
  const receipt = { ...RECEIPT, module: toHex(hash(module.bytes)), input };

  it('identifies a call by module, export, input and fuel limit, and reads every list of rows in its folder', async () => {
    writeGolden(folder, 'a', [{ receipt, stateDigest: null }]);
    writeFileSync(join(folder, 'b.json'), '{"receipt": 1}');
    writeFileSync(join(folder, 'c.json'), '[null, 7, {"receipt": null}, {"receipt": {"module": "x"}}, {"other": {}}]');
    writeFileSync(join(folder, 'd.txt'), 'no JSON');
    const node = goldenNode(folder);
    assert.equal(node.name, `golden:${folder}`);
    assert.equal(await node.describe(), '1 golden receipts');
    const kinds = async (one: AgreementCall, of = module) => (await node.run(of, [one])).map(({ kind }) => kind);
    const known = { kind: 'receipt', receipt, stateDigest: null, values: null, verdict: null };
    assert.deepEqual(await node.run(module, [call]), [known as NodeAnswer]);
    assert.deepEqual(await kinds({ ...call, export: 'g' }), ['none']);
    assert.deepEqual(await kinds({ ...call, payload: '02' }), ['none']);
    assert.deepEqual(await kinds({ ...call, fuel: 101 }), ['none']);
    const longer = { ...module, bytes: Uint8Array.of(...module.bytes, 0, 1, 0) };
    assert.deepEqual(await kinds(call, longer), ['none']);
    assert.deepEqual(
      (await node.run({ zomes: [] }, [call, call])).map(({ kind }) => kind),
      ['none', 'none'],
    );
    await node.close();
    assert.deepEqual(await kinds(call), ['none']);
  });

  it('does not open a missing folder, or a file that is not JSON', () => {
    assert.throws(() => goldenNode(join(folder, 'absent')), /ENOENT/);
    writeFileSync(join(folder, 'e.json'), '[');
    assert.throws(() => goldenNode(folder), SyntaxError);
  });
});

describe('nodes by name', () => {
  it('have their tier, and the default ones have distinct names', async () => {
    const tiers = {
      'interpreter+fresh': 'interpreter',
      worker: 'auto',
      'process@instrumented': 'instrumented',
      'host-log@interpreter': 'interpreter',
    };
    for (const [name, tier] of Object.entries(tiers)) assert.equal(parseNode(name).tier, tier as 'auto', name);
    assert.equal(new Set(DEFAULT_NODES).size, DEFAULT_NODES.length);
    assert.isAtLeast(DEFAULT_NODES.length, 7);
    await closeNodes(await parseNodes(DEFAULT_NODES));
  });

  for (const [name, message] of [
    [
      'nobody',
      /^unknown node 'nobody'; nodes are auto, interpreter, instrumented, host-log, worker, .*golden:FOLDER and process:PROGRAM, with @TIER and \+reversed, \+shuffled, \+disturbed, \+pressure, \+fresh, \+warm$/,
    ],
    ['interpreter@slow', /^unknown tier 'slow'; use one of auto, interpreter, instrumented$/],
    ['worker+warm', /^unknown node 'worker\+warm'/],
    ['interpreter+slow', /^unknown node 'interpreter\+slow'/],
    ['toString', /^unknown node/],
    ['constructor', /^unknown node 'constructor'/],
    ['interpreter:x', /^unknown node/],
    ['golden', /^unknown node/],
    ['9', /^unknown node/],
    ['worker reversed', /^unknown node/],
  ] as const) {
    it(`'${name}' is not one`, () => assert.throws(() => parseNode(name), RangeError, message));
  }

  it('are closed when the callback returns or throws, but not those that were passed in', async () => {
    const given = fakeNode('given', () => ANSWER);
    const names = await withNodes([given, 'interpreter', given, 'instrumented'], async (nodes) =>
      nodes.map(({ name }) => name),
    );
    assert.deepEqual(names, ['given', 'interpreter', 'given', 'instrumented']);
    const error: unknown = await withNodes([given], async () => {
      throw new Error('used badly');
    }).catch((reason: unknown) => reason);
    assert.match(String(error), /used badly/);
    assert.equal(given.closed, 0);
    const wrong: unknown = await parseNodes(['interpreter', 'nobody']).catch((reason: unknown) => reason);
    assert.instanceOf(wrong, RangeError);
    await closeNodes([given, given]);
    assert.equal(given.closed, 2);
  });
});
