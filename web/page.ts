/** The page: a file is dropped, a function is chosen, it runs in both tiers, and the results are shown. */
import { byId, make, messageOf, say } from './elements.js';
import { FieldsView } from './fields-view.js';
import { bytesOf, type LinkState, linkText, modulesText, readLink } from './link.js';
import type { Opened } from './messages.js';
import { PropertyView } from './property-view.js';
import { ResultView } from './result-view.js';
import { StepView } from './step-view.js';
import { showSubject, showTypes } from './subject-view.js';
import { Work } from './work.js';

/** An example module, inserted by `build.js`. */
interface Example {
  readonly name: string;
  readonly base64: string;
  readonly entry?: string;
}

interface OpenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly role: number;
}

const exampleOf = (name: string): Example | undefined =>
  (JSON.parse(byId('examples-data').textContent!) as readonly Example[]).find((example) => example.name === name);

const work = new Work();
let file: OpenFile | undefined;
let opened: Opened | undefined;
/** A state from the address that waits for its file. */
let linked: LinkState | undefined;

const fields = new FieldsView(
  async (action) => (await work.ask({ kind: 'example', action })).example!,
  (module) => exampleOf(`${module}.wasm`)?.entry,
);
const result = new ResultView();
const steps = new StepView(
  (asked) => work.ask(asked),
  (paid) => keepLink(paid),
);
const property = new PropertyView(
  (asked, partly) => work.ask(asked, partly),
  () => ({ run: fields.run(), fuel: fuelLimit() }),
  () => stop(),
);

async function openFile(name: string, bytes: Uint8Array<ArrayBuffer>, role = 0): Promise<void> {
  say(`Opening ${name}`);
  for (const id of ['subject', 'result', 'steps', 'test']) byId(id).hidden = true;
  try {
    const told = await work.ask({ kind: 'open', name, bytes, role });
    file = { name, bytes, role };
    opened = told.opened!;
    showOpened(opened);
    say(`${name} is open`);
  } catch (error) {
    say(messageOf(error), true);
    return;
  }
  if (opened.takesOps)
    void work.ask({ kind: 'types' }).then(
      ({ types }) => showTypes(types!),
      () => undefined,
    );
  if (linked !== undefined) await goOnWithLink();
}

function showOpened(now: Opened): void {
  showSubject(now);
  fields.show(now);
  property.clear();
  byId('subject').hidden = false;
  const select = byId<HTMLSelectElement>('role');
  select.replaceChildren(
    ...now.roles.map(({ name, dna }, i) => {
      const option = new Option(name, String(i), false, i === now.role);
      option.disabled = dna === undefined;
      return option;
    }),
  );
  select.parentElement!.hidden = now.roles.length < 2;
  if (now.recorded === undefined) return;
  byId<HTMLInputElement>('fuel').value = String(now.recorded.fuel);
  fields.fill(now.recorded.run);
}

function fuelLimit(): number {
  const fuel = Number(byId<HTMLInputElement>('fuel').value);
  if (!Number.isSafeInteger(fuel) || fuel < 0) throw new Error('the fuel limit is no whole number');
  return fuel;
}

async function runNow(): Promise<void> {
  const [begin, end] = [byId<HTMLButtonElement>('run'), byId<HTMLButtonElement>('stop')];
  begin.disabled = true;
  end.disabled = false;
  say('Running');
  try {
    const { ran } = await work.ask({ kind: 'run', run: fields.run(), fuel: fuelLimit() }, (told) =>
      result.show(told.ran!),
    );
    result.show(ran!);
    steps.show(ran!);
    keepLink();
    say('Done');
  } catch (error) {
    say(messageOf(error), true);
  }
  begin.disabled = false;
  end.disabled = true;
}

/** Stopping a run ends its worker; the next one must open the file again. */
function stop(): void {
  work.stop();
  if (file !== undefined) void work.ask({ kind: 'open', ...file });
}

/** Writes the state into the address, if it is small. */
function keepLink(step?: number): void {
  if (opened === undefined || file === undefined) return;
  const text = linkText(opened, file.bytes, fields.run(), fuelLimit(), step);
  history.replaceState(null, '', text ?? location.href.replace(/#.*$/, ''));
  byId('link').textContent =
    text === undefined
      ? 'The input is too large for a link; save the replay file instead.'
      : 'The address of this page is a link to this run. It holds the input, and the module if that is small.';
}

function takeLink(): void {
  linked = readLink(location.hash);
  const note = byId('linked');
  note.textContent = '';
  if (linked === undefined) return;
  if (opened !== undefined && modulesText(opened) === linked.modules) {
    void goOnWithLink();
    return;
  }
  const { file: name, modules, role, wasm } = linked;
  const known = exampleOf(name)?.base64 ?? wasm;
  if (known !== undefined) void openFile(name, bytesOf(known), role);
  else note.textContent = `This link is a run of ${name} (module ${modules}). Open that file to make it again.`;
}

async function goOnWithLink(): Promise<void> {
  const state = linked;
  if (state === undefined || opened === undefined || file === undefined) return;
  const note = byId('linked');
  if (modulesText(opened) !== state.modules) {
    if (opened.roles[state.role] !== undefined && opened.role !== state.role) {
      await openFile(file.name, file.bytes, state.role);
      return;
    }
    note.textContent = `The link is a run of another module, ${state.modules}: this is ${modulesText(opened)}.`;
    linked = undefined;
    return;
  }
  linked = undefined;
  note.textContent = '';
  try {
    byId<HTMLInputElement>('fuel').value = String(state.fuel);
    fields.fill(state.run);
  } catch (error) {
    say(messageOf(error), true);
    return;
  }
  await runNow();
  if (state.step !== undefined) steps.goTo(state.step);
}

async function save(): Promise<void> {
  try {
    const { saved } = await work.ask({ kind: 'save', run: fields.run(), fuel: fuelLimit() });
    const link = make('a');
    link.href = URL.createObjectURL(new Blob([saved!.text], { type: 'application/json' }));
    link.download = saved!.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say(`Saved ${saved!.name}`);
  } catch (error) {
    say(messageOf(error), true);
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
byId('examples').addEventListener('click', ({ target }) => {
  const name = target instanceof HTMLElement ? target.dataset['example'] : undefined;
  if (name !== undefined) void openFile(name, bytesOf(exampleOf(name)!.base64));
});
byId('role').addEventListener('change', () => {
  if (file !== undefined) void openFile(file.name, file.bytes, Number(byId<HTMLSelectElement>('role').value));
});
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void runNow();
});
byId('stop').addEventListener('click', stop);
byId('save').addEventListener('click', () => void save());
window.addEventListener('hashchange', takeLink);

/** Files that `assay ui` has put into the page. */
const given = document.getElementById('given');
if (given !== null) {
  const files = JSON.parse(given.textContent ?? '') as readonly { readonly name: string; readonly base64: string }[];
  const main = files.find(({ name }) => !name.endsWith('.json')) ?? files[0];
  const fill = async (): Promise<void> => {
    if (main !== undefined) await openFile(main.name, bytesOf(main.base64));
    for (const { name, base64 } of files.filter((one) => one !== main)) {
      const area = document.getElementById(/deps|dependencies/.test(name) ? 'deps' : 'json');
      if (area instanceof HTMLTextAreaElement) area.value = new TextDecoder().decode(bytesOf(base64));
    }
  };
  void fill();
} else takeLink();
