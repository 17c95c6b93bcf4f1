/** A run as a replay file, and the run in a replay file. */

import { moduleJson } from '../src/agreement/agreement-call.js';
import { compareAnswers } from '../src/agreement/compare-answers.js';
import { tierless } from '../src/agreement/node-answer.js';
import { moduleLines, REPLAY_FORMAT, type Recording, replayName, replayText } from '../src/agreement/replay.js';
import { fromHex } from '../src/base/hash.js';
import { jsonFromMessagePack } from '../src/boundary/json-write.js';
import { decodeMessagePack } from '../src/boundary/messagepack-decode.js';
import { ZOME_JSON } from '../src/zome/zome-json.js';
import { answer, type ReadRun } from './asked-run.js';
import type { Recorded, Run, Saved } from './messages.js';
import { agreementSubject, type Contents, type Subject } from './subject.js';

/** The input of `assay agree replay`: the call, and the results of both tiers here. */
export function savedRun(contents: Contents, [first, second]: readonly [Subject, Subject], read: ReadRun): Saved {
  const subject = agreementSubject(contents, first, read.call, read.module, read.dependencies);
  const [left, right] = [answer(first, read), answer(second, read)];
  const found = compareAnswers(left, right);
  const nodes = ['interpreter', 'instrumented'] as const;
  const recording: Recording = {
    format: REPLAY_FORMAT,
    nodes,
    module: moduleJson(subject),
    calls: [read.call],
    ...(found === undefined ? {} : { difference: { ...found, nodes } }),
    expected: [tierless(left)],
    where: [],
    text: moduleLines(subject),
  };
  return { name: replayName(recording), text: replayText(recording) };
}

/** The last call of a replay file in the form of the fields. @throws Error for a call that the fields cannot show */
export function recordedRun({ calls, module, nodes }: Recording): Recorded {
  const call = calls.at(-1)!;
  const about = `recorded with ${nodes.join(', ')}; ${calls.length === 1 ? 'one call' : `the last of ${calls.length} calls`}`;
  const { fuel } = call;
  const run = (): Run => {
    switch (call.kind) {
      case 'values':
        return { kind: 'function', module: 'module', name: call.export, values: call.args };
      case 'validate':
        return { kind: 'entry', module: 'module', json: documentText(call.entry) };
      case 'op': {
        const deps = 'zomes' in module && module.dependencies !== undefined ? documentText(module.dependencies) : '';
        return { kind: 'op', json: documentText(call.op), deps };
      }
      case 'bytes':
        throw new Error(`the replay file calls ${call.export} with bytes, for which this page has no field`);
    }
  };
  return { run: run(), fuel, about };
}

function documentText(hex: string): string {
  const decoded = decodeMessagePack(fromHex(hex));
  if (!decoded.ok) throw new Error('the input of the replay file is no MessagePack, for which this page has no field');
  return jsonFromMessagePack(decoded.value, ZOME_JSON);
}

/** Whether a call has the result that its replay file expects; undefined for another call. */
export function comparedWithRecording(recording: Recording, subject: Subject, read: ReadRun): string | undefined {
  const call = recording.calls.at(-1)!;
  if (JSON.stringify(read.call) !== JSON.stringify(call)) return undefined;
  const expected = recording.expected[recording.calls.length - 1];
  if (expected === undefined) return undefined;
  const difference = compareAnswers(expected, answer(subject, read));
  return difference === undefined
    ? 'This is what the replay file expects.'
    : `The replay file expects another ${difference.field}: ${difference.left}, here ${difference.right}.`;
}
