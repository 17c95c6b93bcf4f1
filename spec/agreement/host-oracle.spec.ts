import { assert } from 'chai';
import fc from 'fast-check';
import { anyModule, type GeneratedCall, type GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import { FAULTS } from '../../src/base/fault.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import type { Bits } from '../../src/machine/outcome.js';
import { isForHost } from './host-features.js';
import { HostModule, type HostRun } from './run-host.js';
import { programOf, type Run, runCall } from './run-interpreter.js';

const FUEL_LIMIT = 5_000_000;
const { ASSAY_MODULES = '200' } = process.env;
const MODULES = Number(ASSAY_MODULES);

/** Restrictions to what the host can also do: no fuel to read, no sizes that only our limits bound. */
const OPTIONS = { hostNeeds: ['bits', 'memory', 'stop'], unboundedSizes: false, keepGuard: true } as const;

const seen = new Map<string, number>();

function bitsText(bits: Bits): string {
  return typeof bits === 'bigint' ? BigInt.asUintN(64, bits).toString(16) : (bits >>> 0).toString(16);
}

function ourText({ outcome }: Run): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${outcome.results.map(bitsText).join(' ')}`;
    case 'trapped':
      return `trapped ${outcome.code}`;
    case 'exhausted':
      return `exhausted ${outcome.resource}`;
    default:
      return outcome.kind;
  }
}

/** Our outcome in the host's terms, given the host's own outcome. */
function hostText({ outcome }: HostRun, ours: Run): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${outcome.results.map(bitsText).join(' ')}`;
    case 'trapped': {
      const isAmong = ours.outcome.kind === 'trapped' && outcome.codes.includes(ours.outcome.code);
      return isAmong ? ourText(ours) : `trapped ${outcome.codes.join(' or ')}`;
    }
    default:
      return outcome.kind;
  }
}

function checkState(instance: GuestInstance, host: HostRun): void {
  const memory = instance.exported('memory');
  if (memory?.kind === 'memory' && host.memory !== undefined) {
    const bytes = memory.memory.bytes.subarray(0, memory.memory.byteLength);
    assert.isTrue(Buffer.compare(bytes, host.memory) === 0, 'memories differ');
  }
  for (const [id, bits] of host.globals) {
    const global = instance.exported(`g${id}`);
    if (global?.kind === 'global') assert.equal(bitsText(global.global.bits), bitsText(bits), `global g${id}`);
  }
  for (const [id, nulls] of host.tables) {
    const table = instance.exported(`t${id}`);
    if (table?.kind !== 'table') continue;
    const elements = [...table.table.elements.subarray(0, table.table.length)];
    assert.deepEqual(
      elements.map((handle) => handle === 0),
      nulls,
      `table t${id}`,
    );
  }
}

function checkCall(ours: Run, host: HostRun): void {
  const text = ourText(ours);
  const [kind, detail] = text.split(' ') as [string, string | undefined];
  const label = kind === 'returned' ? kind : `${kind} ${detail ?? ''}`;
  seen.set(label, (seen.get(label) ?? 0) + 1);
  // Where the stack ends is defined by our limits only.
  if (ours.outcome.kind === 'exhausted' || host.outcome.kind === 'exhausted') return;
  assert.equal(text, hostText(host, ours));
  if (ours.instance !== undefined) checkState(ours.instance, host);
}

function check(generated: GeneratedModule): void {
  if (!isForHost(generated.features)) return;
  const program = programOf(generated.bytes);
  const host = new HostModule(generated);
  const once = (call: GeneratedCall) => checkCall(runCall(program, call, FUEL_LIMIT), host.run(call));
  for (const call of generated.calls) once(call);
}

describe('the interpreter and the host engine', () => {
  it('have the same outcome, memory, globals and tables on arbitrary modules', () => {
    fc.assert(fc.property(anyModule(OPTIONS), check), { numRuns: MODULES });
    const lines = [...seen].sort((left, right) => right[1] - left[1]).map(([label, count]) => `${label} ${count}`);
    console.log(`      ${lines.join(', ')}`);
    const traps = Object.entries(FAULTS).filter(([, { kind }]) => kind === 'trapped');
    const missing = traps.filter(([code]) => !seen.has(`trapped ${code}`)).map(([code]) => code);
    console.log(`      traps not met: ${missing.join(', ') || 'none'}`);
    assert.isAbove(seen.get('returned') ?? 0, MODULES / 4);
  }).timeout(600_000);
});
