/** The form of a run: the function or op, its arguments or its document, and their errors while they are typed. */
import { button, byId, make, messageOf, say } from './elements.js';
import type { Opened, OpenedModule, Run } from './messages.js';

const EXAMPLE_ACTIONS = {
  Create: 'a new entry',
  AgentValidationPkg: 'an agent joins',
  InitZomesComplete: 'init is complete',
} as const;

export class FieldsView {
  #opened: Opened | undefined;

  /**
   * @param example an op of an action, as JSON
   * @param entries initial documents, by the name of the module
   */
  constructor(
    readonly example: (action: string) => Promise<string>,
    readonly entries: (module: string) => string | undefined,
  ) {
    byId('choice').addEventListener('change', () => this.#showFields());
  }

  show(opened: Opened): void {
    this.#opened = opened;
    const choice = byId<HTMLSelectElement>('choice');
    choice.replaceChildren();
    const add = (value: string, text: string): void => {
      const option = make('option', text);
      option.value = value;
      choice.append(option);
    };
    const { modules, takesOps } = opened;
    if (takesOps) add('op', 'validate an op');
    for (const module of modules) {
      if (module.takesEntries) add(`entry ${module.name}`, 'validate an entry');
      module.functions.forEach((item, i) => {
        const prefix = modules.length > 1 ? `${module.name}: ` : '';
        add(`function ${i} ${module.name}`, `${prefix}${item.name}(${item.params.join(', ')})`);
      });
    }
    this.#showFields();
  }

  /** @throws Error if nothing can be run */
  run(): Run {
    const { kind, module, index } = this.#chosen();
    const text = (id: string) => byId<HTMLTextAreaElement>(id).value;
    if (kind === 'op') return { kind, json: text('json'), deps: text('deps') };
    if (module === undefined) throw new Error('the module exports no function');
    if (kind === 'entry') return { kind, module: module.name, json: text('json') };
    const { name, params } = module.functions[index]!;
    const values = params.map((type, i) => valueText(type, byId<HTMLInputElement>(`value-${i}`).value.trim()));
    return { kind: 'function', module: module.name, name, values };
  }

  fill(run: Run): void {
    const choice = byId<HTMLSelectElement>('choice');
    choice.value = this.#valueOf(run);
    this.#showFields();
    if (run.kind === 'function') {
      run.values.forEach((value, i) => {
        byId<HTMLInputElement>(`value-${i}`).value = value.replace(/^\w+:/, '');
      });
      return;
    }
    setText('json', run.json);
    if (run.kind === 'op') setText('deps', run.deps);
  }

  #valueOf(run: Run): string {
    if (run.kind === 'op') return 'op';
    const module = this.#opened?.modules.find(({ name }) => name === run.module);
    if (module === undefined) throw new Error(`there is no module ${run.module}`);
    if (run.kind === 'entry') return `entry ${module.name}`;
    const index = module.functions.findIndex(({ name }) => name === run.name);
    if (index < 0) throw new Error(`the module exports no function ${run.name}`);
    return `function ${index} ${module.name}`;
  }

  #chosen(): { readonly kind: string; readonly module: OpenedModule | undefined; readonly index: number } {
    const [kind = '', ...rest] = byId<HTMLSelectElement>('choice').value.split(' ');
    const index = kind === 'function' ? Number(rest.shift()) : -1;
    return { kind, module: this.#opened?.modules.find(({ name }) => name === rest.join(' ')), index };
  }

  #showFields(): void {
    const { kind, module, index } = this.#chosen();
    const fields = byId('fields');
    if (kind === 'op') {
      fields.replaceChildren(
        this.#examples(),
        textField('json', 'The op, as JSON (or drop a file)', 10),
        textField('deps', 'What must_get_* can find, as JSON (optional)', 3),
      );
    } else if (kind === 'entry') {
      fields.replaceChildren(textField('json', 'The entry, as JSON', 8));
      const example = this.entries(module!.name);
      if (example !== undefined) setText('json', example);
    } else {
      const params = module?.functions[index]?.params ?? [];
      fields.replaceChildren(...params.map((type, i) => valueField(type, i)));
    }
  }

  #examples(): HTMLElement {
    const buttons = Object.entries(EXAMPLE_ACTIONS).map(([action, text]) =>
      button(text, () => {
        this.example(action).then(
          (json) => setText('json', json),
          (error: unknown) => say(messageOf(error), true),
        );
      }),
    );
    return make('p', [make('span', 'Begin with: '), ...buttons], 'buttons');
  }
}

/** A value with its type; a NaN and similar values are written as `parseValue` reads them. */
function valueText(type: string, text: string): string {
  return `${type}:${text}`;
}

function valueField(type: string, i: number): HTMLElement {
  const label = make('label', `argument ${i + 1}, ${type} `);
  const input = make('input');
  input.id = `value-${i}`;
  input.value = type.endsWith('ref') ? 'null' : '0';
  const check = make('p', '', 'check');
  check.setAttribute('role', 'status');
  input.addEventListener('input', () => {
    check.textContent = valueFault(type, input.value.trim());
  });
  label.append(input);
  return make('div', [label, check], 'field');
}

/** Errors that can be detected while typing; the worker parses it fully. */
function valueFault(type: string, text: string): string {
  if (text === '') return 'a value is missing';
  if (/^i(32|64)$/.test(type) && !/^[+-]?(0x[0-9a-fA-F]+|[0-9]+)$/.test(text))
    return 'an integer is decimal or hexadecimal: 20, -1, 0xff';
  if (/^f(32|64)$/.test(type) && !/^[+-]?([0-9]|\.|inf$|nan)/.test(text))
    return 'a float is a decimal, inf, nan or 0x…';
  return '';
}

function setText(id: string, text: string): void {
  const area = byId<HTMLTextAreaElement>(id);
  area.value = text;
  area.dispatchEvent(new Event('input'));
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
      check.textContent = messageOf(error);
    }
  });
  area.addEventListener('drop', (event) => {
    const dropped = event.dataTransfer?.files[0];
    if (dropped === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void dropped.text().then((text) => setText(id, text));
  });
  const caption = make('label', label);
  caption.htmlFor = id;
  return make('div', [caption, area, check], 'field');
}
