/** The part of the DOM that the script of a module's page uses, and the page's visible text. */

type Listener = () => void;

export class PageElement {
  id = '';
  value = '';
  type = '';
  className = '';
  tabIndex = 0;
  hidden = false;
  isFocused = false;
  isInView = false;
  children: (PageElement | string)[] = [];
  readonly #listeners = new Map<string, { readonly listener: Listener; readonly once: boolean }[]>();

  constructor(readonly name: string) {}

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text: string) {
    this.children = text === '' ? [] : [text];
  }

  append(...children: (PageElement | string)[]): void {
    this.children.push(...children);
  }

  replaceChildren(...children: (PageElement | string)[]): void {
    this.children = children;
  }

  addEventListener(type: string, listener: Listener, { once = false } = {}): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), { listener, once }]);
  }

  focus(): void {
    this.isFocused = true;
  }

  scrollIntoView({ block }: { readonly block: string }): void {
    this.isInView = block === 'nearest';
  }

  /** Dispatches an event to it. */
  emit(type: string): void {
    const heard = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      heard.filter(({ once }) => !once),
    );
    for (const { listener } of heard) listener();
  }

  /** The element and all its descendants. */
  get all(): readonly PageElement[] {
    return [this, ...this.children.flatMap((child) => (typeof child === 'string' ? [] : child.all))];
  }

  /** One line per element, indented, with its set attributes. */
  get lines(): readonly string[] {
    const { name, type, className, tabIndex, hidden, isFocused, isInView } = this;
    const set = { type, className, tabIndex, hidden, isFocused, isInView };
    const shown = Object.entries(set).flatMap(([key, value]) => (value ? [`${key}=${value}`] : []));
    return [
      [name, ...shown].join(' '),
      ...this.children
        .flatMap((child) => (typeof child === 'string' ? [JSON.stringify(child)] : child.lines))
        .map((line) => `  ${line}`),
    ];
  }
}

/** Runs code in a page that has elements with these ids. */
export function inPage(ids: readonly string[], work: (byId: (id: string) => PageElement) => void): void {
  const elements = new Map(ids.map((id) => [id, new PageElement('div')]));
  const page = {
    getElementById: (id: string) => elements.get(id) ?? null,
    createElement: (name: string) => new PageElement(name),
  };
  const global = globalThis as { document?: unknown };
  if (global.document !== undefined) throw new Error('there is a page already');
  global.document = page;
  try {
    work((id) => elements.get(id)!);
  } finally {
    delete global.document;
  }
}
