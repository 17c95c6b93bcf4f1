/**
 * A module as a page: its functions, to search and sort, callers and callees, the call tree from each way in, its
 * loops.
 *
 * The function is written into an HTML file as text, so it refers to nothing outside itself except the page.
 */

/** The data of the page. Function indices are those of the module; names are text, whatever they contain. */
export interface PageModule {
  readonly imports: readonly string[];
  readonly functions: readonly PageFunction[];
  readonly waysIn: readonly { readonly name: string; readonly index: number }[];
}

export interface PageFunction {
  readonly index: number;
  readonly title: string;
  readonly type: string;
  readonly bodyBytes: number;
  readonly staticCost: number;
  readonly frameWords: number;
  readonly callers: number;
  readonly flags: readonly string[];
  /** Index and call sites. */
  readonly calls: readonly (readonly [number, number])[];
  readonly tableCalls: readonly string[];
  readonly loops: readonly string[];
}

export function showModule(module: PageModule): void {
  /** Rows shown at once. */
  const rowsMax = 100;
  const { functions, imports, waysIn } = module;
  const byIndex = new Map(functions.map((own) => [own.index, own]));
  const callersOf = new Map<number, (readonly [number, number])[]>();
  for (const { index, calls } of functions) {
    for (const [callee, places] of calls) {
      const known = callersOf.get(callee);
      if (known === undefined) callersOf.set(callee, [[index, places]]);
      else known.push([index, places]);
    }
  }
  const byId = (id: string): HTMLElement => document.getElementById(id)!;
  const make = <K extends keyof HTMLElementTagNameMap>(name: K, text = ''): HTMLElementTagNameMap[K] => {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  };
  const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  const titleOf = (index: number): string => byIndex.get(index)?.title ?? imports[index];
  const costOf = (index: number): string => {
    const own = byIndex.get(index);
    return own === undefined ? 'host' : grouped(own.staticCost);
  };

  const find = byId('find') as HTMLInputElement;
  const order = byId('order') as HTMLSelectElement;
  const more = byId('more') as HTMLButtonElement;
  let limit = rowsMax;

  const chooser = (index: number): HTMLButtonElement => {
    const button = make('button', titleOf(index));
    button.type = 'button';
    button.className = 'name';
    button.addEventListener('click', () => choose(index));
    return button;
  };

  const showFunctions = (): void => {
    const text = find.value.toLowerCase();
    const key = order.value as 'staticCost' | 'bodyBytes' | 'callers' | 'index' | 'loops';
    const figureOf = (own: PageFunction): number => (key === 'loops' ? own.loops.length : own[key]);
    const found = functions.filter(({ title, index }) => title.toLowerCase().includes(text) || String(index) === text);
    found.sort((a, b) => (key === 'index' ? a.index - b.index : figureOf(b) - figureOf(a) || a.index - b.index));
    const shown = found.slice(0, limit);
    byId('rows').replaceChildren(
      ...shown.map((own) => {
        const row = make('tr');
        const figures = [own.index, own.staticCost, own.bodyBytes, own.callers, own.loops.length];
        row.append(...figures.map((figure) => make('td', grouped(figure))));
        const name = make('td');
        name.append(chooser(own.index));
        row.append(name);
        return row;
      }),
    );
    byId('found').textContent = `${grouped(shown.length)} of ${grouped(found.length)} functions`;
    more.hidden = shown.length === found.length;
  };

  const byCost = (rows: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] =>
    [...rows].sort(([a], [b]) => (byIndex.get(b)?.staticCost ?? 0) - (byIndex.get(a)?.staticCost ?? 0) || a - b);

  const section = (title: string, rows: readonly (readonly [number, number])[]): HTMLElement[] => {
    const head = make('h3', `${title} ${grouped(rows.length)}`);
    const list = make('ul');
    list.append(
      ...byCost(rows).map(([index, places]) => {
        const item = make('li');
        item.append(chooser(index), ` ${costOf(index)}, ${grouped(places)} ${places === 1 ? 'place' : 'places'}`);
        return item;
      }),
    );
    return rows.length === 0 ? [head] : [head, list];
  };

  function choose(index: number): void {
    const own = byIndex.get(index);
    const place = byId('chosen');
    const head = make('h2', titleOf(index));
    head.tabIndex = -1;
    const facts =
      own === undefined
        ? 'a host function'
        : `function ${own.index}, ${own.type}, ${grouped(own.bodyBytes)} bytes, static cost ${grouped(own.staticCost)}, frame of ${grouped(own.frameWords)} words${own.flags.map((flag) => `, ${flag}`).join('')}`;
    const parts: HTMLElement[] = [head, make('p', facts), ...section('Called by', callersOf.get(index) ?? [])];
    if (own !== undefined) {
      parts.push(...section('Calls', own.calls));
      for (const [title, lines] of [
        ['Calls by table', own.tableCalls],
        ['Loops', own.loops],
      ] as const) {
        if (lines.length === 0) continue;
        const list = make('ul');
        list.append(...lines.map((line) => make('li', line)));
        parts.push(make('h3', title), list);
      }
    }
    place.replaceChildren(...parts);
    place.hidden = false;
    head.focus();
    place.scrollIntoView({ block: 'nearest' });
  }

  /** A function in the call tree: its callees are created when it is opened. */
  const branch = (index: number, above: readonly number[], label: string): HTMLLIElement => {
    const item = make('li');
    const calls = byIndex.get(index)?.calls ?? [];
    const isAbove = above.includes(index);
    if (calls.length > 0 && !isAbove) {
      const details = make('details');
      const summary = make('summary', `${label} `);
      const cost = make('span', `${costOf(index)}, calls ${grouped(calls.length)}`);
      cost.className = 'quiet';
      summary.append(cost);
      details.append(summary);
      details.addEventListener(
        'toggle',
        () => {
          const list = make('ul');
          list.append(...byCost(calls).map(([callee]) => branch(callee, [...above, index], titleOf(callee))));
          details.append(list);
        },
        { once: true },
      );
      item.append(details);
    } else {
      const cost = make('span', ` ${costOf(index)}${isAbove ? ', recursion' : ''}`);
      cost.className = 'quiet';
      item.append(label, cost);
    }
    return item;
  };

  byId('tree').replaceChildren(...waysIn.map(({ name, index }) => branch(index, [], name)));
  find.addEventListener('input', () => {
    limit = rowsMax;
    showFunctions();
  });
  order.addEventListener('change', showFunctions);
  more.addEventListener('click', () => {
    limit += rowsMax;
    showFunctions();
  });
  showFunctions();
}
