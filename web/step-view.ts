/** Back and forth through the fuel of a call: each place is a new run with that much fuel. */
import { button, byId, facts, grouped, make, messageOf, onEntered, scrolling } from './elements.js';
import type { Asked, MemoryPart, Ran, Stepped, StepValue, Told } from './messages.js';

const LINE_BYTES = 16;

const PART_TEXTS: Readonly<Record<string, string>> = {
  instantiate: 'the instance',
  guest: 'the marked block',
  host: 'a host function',
  boundary: 'bytes that cross to or from the guest',
};

export class StepView {
  #at: Stepped | undefined;
  #memory: MemoryPart | undefined;
  /** The last requested place: results for earlier requests are ignored. */
  #asked = 0;

  /** @param onPlace called with the place that is shown */
  constructor(
    readonly ask: (asked: Asked) => Promise<Told>,
    readonly onPlace: (paid: number) => void,
  ) {
    byId('step-buttons').append(
      button('First', () => this.goTo(0)),
      button('Back', () => this.goTo((this.#at?.paid ?? 0) - 1)),
      button('Next', () => this.goTo(this.#at?.next ?? this.#at?.used ?? 0)),
      button('Last', () => this.goTo(this.#at?.used ?? 0)),
    );
    onEntered('step-unit', (text) => this.goTo(Number(text)));
    byId('step-range').addEventListener('change', () => this.goTo(byId<HTMLInputElement>('step-range').valueAsNumber));
    byId('step-call').addEventListener('change', () => this.goTo(0));
    onEntered('memory-at', (text) => {
      const at = Number(text);
      if (Number.isSafeInteger(at) && at >= 0) this.#lookAt(at);
    });
    byId('memory-buttons').append(
      button('Memory before', () => this.#lookAt((this.#memory?.at ?? 0) - (this.#memory?.bytes.length ?? 0))),
      button('Memory after', () => this.#lookAt((this.#memory?.at ?? 0) + (this.#memory?.bytes.length ?? 0))),
    );
  }

  /** After a run its calls can be stepped through. */
  show({ tiers }: Ran): void {
    const calls = tiers[0]?.calls ?? [];
    byId('steps').hidden = calls.length === 0;
    byId('step-state').replaceChildren();
    byId('step-place').textContent = 'Choose a unit of fuel, or begin with First.';
    byId('memory').replaceChildren();
    byId('memory-controls').hidden = true;
    this.#at = undefined;
    const select = byId<HTMLSelectElement>('step-call');
    select.replaceChildren(...calls.map(({ name }, i) => new Option(name, String(i))));
    select.parentElement!.hidden = calls.length < 2;
    const used = calls[0]?.receipt.fuel.used ?? 0;
    const range = byId<HTMLInputElement>('step-range');
    range.max = String(used);
    range.value = '0';
    byId<HTMLInputElement>('step-unit').value = '0';
  }

  goTo(fuel: number): void {
    if (!Number.isSafeInteger(fuel)) {
      byId('step-place').textContent = 'A unit of fuel is a whole number.';
      return;
    }
    const asked = ++this.#asked;
    const call = Number(byId<HTMLSelectElement>('step-call').value || '0');
    this.ask({ kind: 'step', call, fuel: Math.max(0, fuel) }).then(
      ({ stepped, memory }) => {
        if (asked !== this.#asked) return;
        this.#show(stepped!);
        this.#showMemory(memory!);
      },
      (error: unknown) => {
        byId('step-place').textContent = messageOf(error);
      },
    );
  }

  #show(stepped: Stepped): void {
    this.#at = stepped;
    const { paid, used, next, part, instruction, frames, lines, locals, globals, pages, digest } = stepped;
    const range = byId<HTMLInputElement>('step-range');
    range.max = String(used);
    range.value = String(paid);
    byId<HTMLInputElement>('step-unit').value = String(paid);
    byId('step-place').textContent =
      next === undefined
        ? `The end, at ${grouped(paid)} units.`
        : `${grouped(paid)} of ${grouped(used)} units are paid. Next, for ${grouped(next - paid)}: ${PART_TEXTS[part ?? ''] ?? ''}${instruction === undefined ? '' : `, at ${instruction}`}.`;
    const rows: (readonly [string, string | Node])[] = [
      ['frames', listOf(frames, 'no function of the guest runs')],
      ['locals', valuesOf(locals)],
      ['globals', valuesOf(globals)],
      ['memory', `${grouped(pages)} ${pages === 1 ? 'page' : 'pages'} of 64 KiB`],
      ['state', digest ?? 'there is no instance yet'],
    ];
    const code = scrolling('Code at this place', lines.map(codeLine));
    byId('step-state').replaceChildren(...(lines.length === 0 ? [] : [code]), facts(rows));
    this.onPlace(paid);
  }

  #lookAt(at: number): void {
    this.ask({ kind: 'memory', at: Math.max(0, at) }).then(
      ({ memory }) => this.#showMemory(memory!),
      (error: unknown) => {
        byId('step-place').textContent = messageOf(error);
      },
    );
  }

  #showMemory(memory: MemoryPart): void {
    this.#memory = memory;
    byId('memory-controls').hidden = memory.length === 0;
    byId<HTMLInputElement>('memory-at').value = `0x${memory.at.toString(16)}`;
    const lines = Array.from({ length: Math.ceil(memory.bytes.length / LINE_BYTES) }, (_, i) => memoryLine(memory, i));
    byId('memory').replaceChildren(...(lines.length === 0 ? [] : [scrolling('Memory', lines)]));
  }
}

function codeLine(line: string): HTMLElement {
  return make(line.startsWith('>') ? 'mark' : 'span', `${line}\n`);
}

function listOf(rows: readonly string[], none: string): Node {
  if (rows.length === 0) return document.createTextNode(none);
  return make(
    'ol',
    rows.map((row) => make('li', row)),
  );
}

function valuesOf(values: readonly StepValue[]): Node {
  if (values.length === 0) return document.createTextNode('none');
  const rows = values.map(({ type, text }, i) => make('span', `${i}: ${type} ${text}`, 'value'));
  return make('span', rows, 'values');
}

/** Address, bytes, characters; bytes that differ from the previous place are marked. */
function memoryLine({ at, bytes, changed }: MemoryPart, line: number): HTMLElement {
  const from = line * LINE_BYTES;
  const part = [...bytes.subarray(from, from + LINE_BYTES)];
  const cells = part.map((byte, i) => {
    const isChanged = changed.includes(from + i);
    return make(isChanged ? 'mark' : 'span', byte.toString(16).padStart(2, '0'));
  });
  const spaced = cells.flatMap((cell) => [cell, document.createTextNode(' ')]);
  const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  const address = (at + from).toString(16).padStart(8, '0');
  return make('span', [document.createTextNode(`${address}  `), ...spaced, document.createTextNode(` ${text}\n`)]);
}
