/**
 * A random linked program in the host's own WebAssembly and in linked sessions: results of calls, and all shared state.
 */
import { toHex } from '../../../src/base/hash.js';
import { createEngine, i32, type LoadedModule } from '../../../src/index.js';
import { encodeLinkedReceipt, type LinkedSession, openLinkedSession } from '../../../src/session/index.js';
import { bytesOfText } from '../../engine/load-text.js';
import type { LinkedProgram } from './linked-program.js';

/** The observations of a program, step by step. */
export interface Seen {
  readonly steps: readonly string[];
  readonly receipts: readonly string[];
}

function memoryText(bytes: Uint8Array): string {
  const parts = [`${bytes.length}`];
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) parts.push(`${at}:${bytes[at]}`);
  return parts.join(' ');
}

export function seenInHost({ texts, calls }: LinkedProgram): Seen {
  const steps: string[] = [];
  const instances: (Record<string, WebAssembly.ExportValue> | undefined)[] = [];
  const imports: WebAssembly.Imports = {};
  const names = new Map<unknown, string>();
  const state = () => {
    const [first] = instances;
    if (first === undefined) return 'none';
    const table = first['table'] as WebAssembly.Table;
    const elements = Array.from({ length: table.length }, (_, at) => {
      const element: unknown = table.get(at);
      return element === null ? 'null' : (names.get(element) ?? 'unnamed');
    });
    const bits = new DataView(new ArrayBuffer(8));
    const c = (first['c'] as WebAssembly.Global).value as number;
    // The host chooses the bits of a NaN.
    if (Number.isNaN(c)) bits.setBigUint64(0, 0x7ff8_0000_0000_0000n);
    else bits.setFloat64(0, c);
    const owns = texts.map((_, i) => {
      const each = instances[i];
      return each === undefined ? '-' : `${(each['own'] as WebAssembly.Global).value}`;
    });
    return [
      memoryText(new Uint8Array((first['memory'] as WebAssembly.Memory).buffer)),
      ...elements,
      (first['a'] as WebAssembly.Global).value,
      (first['b'] as WebAssembly.Global).value,
      bits.getBigUint64(0),
      ...owns,
    ].join(' ');
  };
  texts.forEach((text, i) => {
    steps.push(
      hostStep(() => {
        const instance = new WebAssembly.Instance(new WebAssembly.Module(bytesOfText(text) as BufferSource), imports);
        instances[i] = instance.exports;
        imports[`m${i}`] = instance.exports;
        for (const [name, value] of Object.entries(instance.exports)) {
          if (name.startsWith('f') && typeof value === 'function') names.set(value, `m${i}.${name}`);
        }
        return 'linked';
      }),
    );
    steps.push(state());
  });
  for (const { of, name, arg } of calls) {
    const instance = instances[of];
    if (instance === undefined) continue;
    steps.push(hostStep(() => `${((instance[name] as (arg: number) => number)(arg) >>> 0).toString()}`));
    steps.push(state());
  }
  return { steps, receipts: [] };
}

function hostStep(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return 'trapped';
    if (error instanceof WebAssembly.LinkError || error instanceof TypeError) return 'unlinkable';
    throw error;
  }
}

/** @param forksAt calls before which the session is replaced by a fork of it */
export async function seenInSession(
  { texts, calls }: LinkedProgram,
  tier: 'interpreter' | 'instrumented',
  forksAt: (call: number) => boolean,
): Promise<Seen> {
  const engine = createEngine({ tier });
  const modules: LoadedModule[] = [];
  for (const text of texts) {
    const loaded = await engine.load(bytesOfText(text));
    if (!loaded.ok) throw new Error(`${loaded.fault.code} ${loaded.fault.detail ?? ''}`);
    modules.push(loaded.module);
  }
  const steps: string[] = [];
  const receipts: string[] = [];
  let session: LinkedSession | undefined;
  modules.forEach((module, i) => {
    const link = { name: `m${i}`, module };
    const linked = session === undefined ? opened(link) : session.link(link);
    if ('session' in linked) session = linked.session;
    if ('receipt' in linked) receipts.push(toHex(encodeLinkedReceipt(linked.receipt)));
    steps.push(linked.ok ? 'linked' : linked.fault === undefined ? linked.outcome.kind : 'unlinkable');
    steps.push(stateText(session, texts.length));
  });
  calls.forEach(({ of, name, arg }, at) => {
    if (session?.instances.includes(`m${of}`) !== true) return;
    if (forksAt(at)) session = session.fork();
    const { outcome, receipt } = session.call(`m${of}`, name, [i32(arg)], { digest: true });
    const [value] = outcome.kind === 'returned' ? outcome.values : [];
    steps.push(value !== undefined && 'bits' in value ? `${value.bits}` : outcome.kind);
    steps.push(stateText(session, texts.length));
    receipts.push(toHex(encodeLinkedReceipt(receipt)));
  });
  return { steps, receipts };
}

function opened(link: { name: string; module: LoadedModule }) {
  const opening = openLinkedSession([link]);
  if (opening.ok) return { ok: true as const, session: opening.session, receipt: opening.receipts[0]! };
  if (opening.fault !== undefined) return { ok: false as const, fault: opening.fault };
  return { ok: false as const, outcome: opening.outcome, receipt: opening.receipts[0]!, fault: undefined };
}

function stateText(session: LinkedSession | undefined, modules: number): string {
  if (session === undefined) return 'none';
  const first = session.instance('m0');
  const table = first.table('table');
  const elements = Array.from({ length: table.length }, (_, at) => {
    const element = table.get(at);
    if (element === null) return 'null';
    return session.instances.includes(element.instance) ? `${element.instance}.f${element.index}` : 'unnamed';
  });
  const bits = (name: string, signed: number) => {
    const value = first.global(name).get()!;
    if (!('bits' in value)) return '';
    return signed === 0 ? `${value.bits}` : BigInt.asIntN(signed, BigInt(value.bits)).toString();
  };
  const owns = Array.from({ length: modules }, (_, i) => {
    if (!session.instances.includes(`m${i}`)) return '-';
    const value = session.instance(`m${i}`).global('own').get()!;
    return 'bits' in value ? `${Number(value.bits) | 0}` : '';
  });
  const memory = first.memory!;
  return [
    memoryText(memory.read(0, memory.byteLength)),
    ...elements,
    bits('a', 32),
    bits('b', 64),
    bits('c', 0),
    ...owns,
  ].join(' ');
}
