/** Making and finding elements. */

export const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  content: string | readonly Node[] = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  if (typeof content === 'string') element.textContent = content;
  else element.append(...content);
  return element;
}

export function button(text: string, onClick: () => void): HTMLButtonElement {
  const element = make('button', text);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}

/** A field takes effect when it loses the focus, or with Enter. */
export function onEntered(id: string, act: (text: string) => void): void {
  const input = byId<HTMLInputElement>(id);
  let taken = input.value;
  const take = (): void => {
    if (input.value === taken) return;
    taken = input.value;
    act(input.value);
  };
  input.addEventListener('focus', () => {
    taken = input.value;
  });
  input.addEventListener('change', take);
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') take();
  });
}

/** A list of terms; values that are not text are inserted as elements. */
export function facts(rows: readonly (readonly [name: string, value: string | Node])[]): HTMLElement {
  const list = make('dl');
  for (const [name, value] of rows)
    list.append(make('dt', name), make('dd', typeof value === 'string' ? value : [value]));
  return list;
}

/** Text that scrolls by itself, and can be reached with the keyboard. */
export function scrolling(label: string, content: string | readonly Node[] = ''): HTMLElement {
  const element = make('pre', content);
  element.tabIndex = 0;
  element.setAttribute('role', 'region');
  element.setAttribute('aria-label', label);
  return element;
}

export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Shows current work, or an error. */
export function say(text: string, isError = false): void {
  const status = byId('status');
  status.textContent = text;
  status.className = isError ? 'error' : '';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
