/** The page: a file is dropped, a function is chosen, it runs in both tiers, and what came of it is shown. */
import { showFlameGraph } from '../src/profile/flame-view.js';
import type { Asked, Opened, OpenedModule, Ran, RanCall, Run, Told } from './messages.js';

declare const WORKER_SOURCE: string;

const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text: string | readonly Node[] = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  if (typeof text === 'string') element.textContent = text;
  else element.append(...text);
  return element;
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

interface Waiting {
  resolve(told: Told & { ok: true }): void;
  reject(error: Error): void;
  readonly partly: ((told: Told & { ok: true }) => void) | undefined;
}

/** The worker, and what it was asked. One that was stopped is replaced, and opens the file again. */
class Work {
  #worker: Worker | undefined;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));

  /** @param partly takes what is known before the end */
  ask(asked: Asked, partly?: (told: Told & { ok: true }) => void): Promise<Told & { ok: true }> {
    this.#worker ??= this.#begin();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, partly });
      this.#worker!.postMessage({ id, asked });
    });
  }

  #begin(): Worker {
    const worker = new Worker(this.#url);
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      const waiting = this.#waiting.get(data.id);
      if (data.ok && data.more) {
        waiting?.partly?.(data);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data);
      else waiting?.reject(new Error(data.message));
    };
    worker.onerror = (event) => this.#fail(event.message);
    return worker;
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail('stopped');
  }
}

const work = new Work();
let file: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
let opened: Opened | undefined;
let lastRan: Ran | undefined;

function say(text: string, isError = false): void {
  const status = byId('status');
  status.textContent = text;
  status.className = isError ? 'error' : '';
}

async function openFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  say(`Opening ${name}`);
  byId('subject').hidden = true;
  byId('result').hidden = true;
  try {
    const told = await work.ask({ kind: 'open', name, bytes });
    file = { name, bytes };
    opened = told.opened!;
    showSubject(opened);
    say(`${name} is open`);
  } catch (error) {
    say((error as Error).message, true);
  }
}

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  const list = make('dl');
  for (const [name, value] of rows) list.append(make('dt', name), make('dd', value));
  return list;
}

function showSubject({ name, modules, takesOps, generation }: Opened): void {
  const identity = byId('identity');
  identity.replaceChildren(make('h2', name));
  for (const module of modules) {
    const imports = make('details', [make('summary', `${module.imports.length} imports`)]);
    imports.append(
      make(
        'ul',
        module.imports.map((item) => make('li', `${item.name} ${item.type}`)),
      ),
    );
    const section = make('section', [
      ...(modules.length > 1 ? [make('h3', module.name)] : []),
      facts([
        ['hash', module.hash],
        ['size', `${grouped(module.bytes)} bytes`],
        ['load price', `${grouped(module.loadPrice)} units`],
        ['instantiation', `${grouped(module.instantiationCharge)} units`],
        ['features', module.features.join(', ') || 'WebAssembly 1.0'],
        ...(generation === undefined ? [] : [['Holochain', `generation ${generation}`] as const]),
      ]),
      imports,
    ]);
    identity.append(section);
  }
  const choice = byId<HTMLSelectElement>('choice');
  choice.replaceChildren();
  const add = (value: string, text: string): void => {
    const option = make('option', text);
    option.value = value;
    choice.append(option);
  };
  if (takesOps) add('op', 'validate an op');
  for (const module of modules) {
    if (module.takesEntries) add(`entry ${module.name}`, 'validate an entry');
    module.functions.forEach((item, i) => {
      add(
        `function ${i} ${module.name}`,
        `${modules.length > 1 ? `${module.name}: ` : ''}${item.name}(${item.params.join(', ')})`,
      );
    });
  }
  byId('subject').hidden = false;
  showFields();
}

function chosen(): { readonly kind: string; readonly module: OpenedModule | undefined; readonly index: number } {
  const [kind = '', ...rest] = byId<HTMLSelectElement>('choice').value.split(' ');
  const index = kind === 'function' ? Number(rest.shift()) : -1;
  return { kind, module: opened?.modules.find(({ name }) => name === rest.join(' ')), index };
}

function textField(id: string, label: string, rows: number): HTMLElement {
  const area = make('textarea');
  area.id = id;
  area.rows = rows;
  area.spellcheck = false;
  const check = make('p', '', 'check');
  check.setAttribute('role', 'status');
  area.addEventListener('input', () => {
    try {
      if (area.value.trim() !== '') JSON.parse(area.value);
      check.textContent = '';
    } catch (error) {
      check.textContent = (error as Error).message;
    }
  });
  area.addEventListener('drop', (event) => {
    const dropped = event.dataTransfer?.files[0];
    if (dropped === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void dropped.text().then((text) => {
      area.value = text;
      area.dispatchEvent(new Event('input'));
    });
  });
  const caption = make('label', label);
  caption.htmlFor = id;
  return make('div', [caption, area, check], 'field');
}

function showFields(): void {
  const { kind, module, index } = chosen();
  const fields = byId('fields');
  fields.replaceChildren();
  if (kind === 'op') {
    fields.append(
      textField('json', 'The op, as JSON (or drop a file)', 10),
      textField('deps', 'What must_get_* can find, as JSON (optional)', 3),
    );
  } else if (kind === 'entry') fields.append(textField('json', 'The entry, as JSON', 8));
  else {
    module?.functions[index]?.params.forEach((type, i) => {
      const label = make('label', `argument ${i + 1}, ${type} `);
      const input = make('input');
      input.id = `value-${i}`;
      input.value = type.endsWith('ref') ? 'null' : '0';
      label.append(input);
      fields.append(make('div', [label], 'field'));
    });
  }
}

function givenRun(): Run {
  const { kind, module, index } = chosen();
  if (kind === 'op')
    return { kind, json: byId<HTMLTextAreaElement>('json').value, deps: byId<HTMLTextAreaElement>('deps').value };
  if (kind === 'entry') return { kind, module: module!.name, json: byId<HTMLTextAreaElement>('json').value };
  const { name, params } = module!.functions[index]!;
  const values = params.map((type, i) => `${type}:${byId<HTMLInputElement>(`value-${i}`).value.trim()}`);
  return { kind: 'function', module: module!.name, name, values };
}

async function runNow(): Promise<void> {
  const button = byId<HTMLButtonElement>('run');
  const stop = byId<HTMLButtonElement>('stop');
  button.disabled = true;
  stop.disabled = false;
  say('Running');
  try {
    const fuel = Number(byId<HTMLInputElement>('fuel').value);
    if (!Number.isSafeInteger(fuel) || fuel < 0) throw new Error('the fuel limit is no whole number');
    const { ran } = await work.ask({ kind: 'run', run: givenRun(), fuel }, (told) => showRan(told.ran!));
    showRan(ran!);
    say('Done');
  } catch (error) {
    say((error as Error).message, true);
  }
  button.disabled = false;
  stop.disabled = true;
}

function showRan(ran: Ran): void {
  lastRan = ran;
  const [first, second] = ran.tiers;
  byId('result').hidden = false;
  byId('verdict').textContent = first!.verdict ?? first!.calls.map(({ outcome }) => outcome).join('; ');
  const equal = byId('equal');
  const [hashes, others] = ran.tiers.map(({ calls }) => calls.map(({ receipt }) => receipt.hash).join());
  const hasBoth = second?.ran.every((tier) => tier === 'instrumented') === true;
  equal.textContent =
    second === undefined
      ? 'The other tier is being made.'
      : hashes !== others
        ? 'The tiers differ: this is a bug of assay.'
        : hasBoth
          ? 'Both tiers gave the same receipt.'
          : 'This browser ran both calls in the interpreter; the receipts are the same.';
  equal.className = second === undefined ? '' : hashes === others ? 'good' : 'error';
  byId('times').textContent = ran.tiers
    .map(({ asked, milliseconds }) => `${asked} ${milliseconds.toFixed(1)} ms`)
    .join(', ');
  byId('calls').replaceChildren(...first!.calls.map((call, i) => callSection(call, second?.calls[i])));
  const flame = byId('flame');
  flame.replaceChildren();
  if (ran.flame !== undefined) showFlameGraph(flame, ran.flame);
  compare();
}

function callSection(call: RanCall, other: RanCall | undefined): HTMLElement {
  const { receipt } = call;
  const { used, limit, parts } = receipt.fuel;
  const bars = make('div', '', 'bars');
  for (const [part, units] of Object.entries(parts)) {
    const bar = make('meter');
    bar.max = used;
    bar.value = units;
    bar.textContent = grouped(units);
    const label = make('label', [make('span', `${part} ${grouped(units)}`), bar]);
    bars.append(label);
  }
  const table = make('table', [make('caption', 'Receipt')]);
  const head = make(
    'tr',
    ['field', 'interpreter', 'instrumented'].map((text) => make('th', text)),
  );
  table.append(make('thead', [head]));
  const body = make('tbody');
  for (const [name, value] of Object.entries(receipt)) {
    const theirs = other === undefined ? '…' : (other.receipt as unknown as Record<string, unknown>)[name];
    const [left, right] = [value, theirs].map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one)));
    const header = make('th', name);
    header.scope = 'row';
    const same = left === right;
    body.append(
      make('tr', [header, make('td', left!), make('td', same ? 'the same' : right!, same ? 'same' : 'error')]),
    );
  }
  table.append(body);
  const details = (summary: string, rows: readonly string[]): readonly Node[] =>
    rows.length === 0
      ? []
      : [
          make('details', [
            make('summary', `${rows.length} ${summary}`),
            make(
              'ol',
              rows.map((row) => make('li', row)),
            ),
          ]),
        ];
  return make('section', [
    make('h3', `${call.name}: ${call.outcome}`),
    make('p', `${grouped(used)} units of fuel of ${grouped(limit)}`),
    bars,
    ...details('host calls', call.hostCalls),
    ...details('frames, innermost first', call.backtrace),
    make('div', [table], 'wide'),
  ]);
}

/** Compares the first receipt with one that was pasted: its hash, or its JSON. */
function compare(): void {
  const given = byId<HTMLTextAreaElement>('other').value.trim();
  const result = byId('compared');
  const ours = lastRan?.tiers[0]?.calls[0]?.receipt as unknown as Record<string, unknown> | undefined;
  if (given === '' || ours === undefined) {
    result.textContent = '';
    return;
  }
  result.className = 'error';
  if (/^[0-9a-f]{64}$/.test(given)) {
    const same = given === ours['hash'];
    result.textContent = same
      ? 'This is the same receipt.'
      : 'The hash is another one: paste the JSON of the receipt to see where.';
    if (same) result.className = 'good';
    return;
  }
  try {
    const theirs = JSON.parse(given) as Record<string, unknown>;
    const field = Object.keys(ours).find((name) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]));
    result.textContent =
      field === undefined
        ? 'This is the same receipt.'
        : `The first field that differs is ${field}: here ${JSON.stringify(ours[field])}, there ${JSON.stringify(theirs[field] ?? null)}.`;
    if (field === undefined) result.className = 'good';
  } catch {
    result.textContent = 'This is neither a hash nor the JSON of a receipt.';
  }
}

async function take(files: FileList | null | undefined): Promise<void> {
  const [first] = files ?? [];
  if (first !== undefined) await openFile(first.name, new Uint8Array(await first.arrayBuffer()));
}

const drop = byId('drop');
for (const name of ['dragenter', 'dragover']) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  void take(event.dataTransfer?.files);
});
byId<HTMLInputElement>('file').addEventListener(
  'change',
  (event) => void take((event.target as HTMLInputElement).files),
);
byId('choice').addEventListener('change', showFields);
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void runNow();
});
byId('stop').addEventListener('click', () => {
  work.stop();
  // The next run is in another worker, which has to know the file.
  if (file !== undefined) void work.ask({ kind: 'open', ...file });
});
byId('other').addEventListener('input', compare);

/** Files that `assay ui` has put into the page. */
const given = document.getElementById('given');
if (given !== null) {
  const files = JSON.parse(given.textContent ?? '') as readonly { readonly name: string; readonly base64: string }[];
  const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const main = files.find(({ name }) => !name.endsWith('.json'));
  const fill = async (): Promise<void> => {
    if (main !== undefined) await openFile(main.name, bytesOf(main.base64));
    for (const { name, base64 } of files.filter((one) => one !== main)) {
      const area = document.getElementById(/deps|dependencies/.test(name) ? 'deps' : 'json');
      if (area instanceof HTMLTextAreaElement) area.value = new TextDecoder().decode(bytesOf(base64));
    }
  };
  void fill();
}
