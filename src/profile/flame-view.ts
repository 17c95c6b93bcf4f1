/**
 * A flame graph in a page: wide frames are expensive, a frame is below the one that called it; a click or Enter shows a frame in the
 * whole width, Escape goes back, a text finds frames by name.
 *
 * The function is also written into HTML files as text, so it refers to nothing outside itself but the page.
 */

/** What it shows of a profile. */
export interface FlameData {
  readonly frames: readonly { readonly kind: string; readonly name: string; readonly source?: string }[];
  readonly nodes: readonly {
    readonly frame: number;
    readonly parent: number;
    readonly self: number;
    readonly total: number;
    readonly calls: number;
  }[];
}

export function showFlameGraph(place: HTMLElement, { frames, nodes }: FlameData): void {
  /** Frames that are narrower are not drawn. */
  const shareMin = 0.0008;
  const rowHeight = 20;
  const children: number[][] = nodes.map(() => []);
  nodes.forEach(({ parent }, i) => {
    if (parent >= 0) children[parent].push(i);
  });
  const make = <K extends keyof HTMLElementTagNameMap>(
    name: K,
    className: string,
    text = '',
  ): HTMLElementTagNameMap[K] => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  const whole = nodes[0]?.total ?? 0;
  const percent = (part: number): string => `${(whole === 0 ? 0 : (part * 100) / whole).toFixed(1)} %`;
  const hueOf = (name: string): number => {
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) % 360;
    return hash;
  };

  const bar = make('div', 'flame-bar');
  const label = make('label', 'flame-label', 'Find ');
  const search = make('input', 'flame-search');
  search.type = 'search';
  label.append(search);
  const back = make('button', 'flame-back', 'Show all');
  back.type = 'button';
  const found = make('output', 'flame-found');
  bar.append(label, back, found);
  const graph = make('div', 'flame-graph');
  graph.setAttribute('role', 'group');
  graph.setAttribute('aria-label', 'Flame graph of fuel');
  const detail = make('p', 'flame-detail');
  detail.setAttribute('role', 'status');
  place.replaceChildren(bar, detail, graph);

  let shown = 0;
  const describe = (i: number): string => {
    const { frame, self, total, calls } = nodes[i];
    const { name, source } = frames[frame];
    return `${name}${source === undefined ? '' : `, ${source}`}: ${grouped(total)} units (${percent(total)}), ${grouped(self)} of its own, ${grouped(calls)} ${calls === 1 ? 'call' : 'calls'}`;
  };
  const matches = (i: number): boolean =>
    search.value !== '' && frames[nodes[i].frame].name.toLowerCase().includes(search.value.toLowerCase());

  const drawFrame = (i: number, left: number, width: number, depth: number): void => {
    const { kind, name } = frames[nodes[i].frame];
    const element = make('button', `flame-frame flame-${kind}${matches(i) ? ' flame-match' : ''}`, name);
    element.type = 'button';
    element.style.left = `${left * 100}%`;
    element.style.width = `${width * 100}%`;
    element.style.top = `${depth * rowHeight}px`;
    element.style.setProperty('--hue', String(hueOf(name)));
    element.title = describe(i);
    element.setAttribute('aria-label', describe(i));
    element.dataset['node'] = String(i);
    graph.append(element);
  };

  const draw = (focusNode?: number): void => {
    graph.replaceChildren();
    const above: number[] = [];
    for (let at = nodes[shown].parent; at >= 0; at = nodes[at].parent) above.unshift(at);
    above.forEach((i, depth) => {
      drawFrame(i, 0, 1, depth);
    });
    const base = nodes[shown].total || 1;
    let deepest = above.length;
    const open: (readonly [node: number, left: number, depth: number])[] = [[shown, 0, above.length]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [i, left, depth] = next;
      drawFrame(i, left, nodes[i].total / base, depth);
      deepest = Math.max(deepest, depth);
      let at = left;
      for (const child of children[i]) {
        const width = nodes[child].total / base;
        if (width >= shareMin) open.push([child, at, depth + 1]);
        at += width;
      }
    }
    graph.style.height = `${(deepest + 1) * rowHeight}px`;
    back.disabled = shown === 0;
    detail.textContent = describe(focusNode ?? shown);
    if (focusNode !== undefined) graph.querySelector<HTMLElement>(`[data-node="${focusNode}"]`)?.focus();
  };

  /** Fuel of what is found: a frame below another one that is found is in it already. */
  const count = (): void => {
    let sum = 0;
    let frameCount = 0;
    const isCounted: boolean[] = [];
    nodes.forEach(({ parent, total }, i) => {
      const isBelow = parent >= 0 && isCounted[parent];
      isCounted[i] = isBelow || matches(i);
      if (matches(i)) frameCount++;
      if (isCounted[i] && !isBelow) sum += total;
    });
    found.textContent =
      search.value === '' ? '' : `${grouped(frameCount)} frames, ${grouped(sum)} units (${percent(sum)})`;
  };

  const nodeOf = (event: Event): number | undefined => {
    const { target } = event;
    const node = target instanceof HTMLElement ? target.dataset['node'] : undefined;
    return node === undefined ? undefined : Number(node);
  };
  const show = (node: number): void => {
    shown = node;
    draw(node);
  };
  graph.addEventListener('click', (event) => {
    const node = nodeOf(event);
    if (node !== undefined) show(node);
  });
  for (const name of ['focusin', 'mouseover'] as const)
    graph.addEventListener(name, (event) => {
      const node = nodeOf(event);
      if (node !== undefined) detail.textContent = describe(node);
    });
  graph.addEventListener('keydown', (event) => {
    const node = nodeOf(event);
    if (node === undefined) return;
    const siblings = children[nodes[node].parent] ?? [];
    const at = siblings.indexOf(node);
    const goal =
      event.key === 'ArrowDown'
        ? children[node][0]
        : event.key === 'ArrowUp'
          ? nodes[node].parent
          : event.key === 'ArrowRight'
            ? siblings[at + 1]
            : event.key === 'ArrowLeft'
              ? siblings[at - 1]
              : undefined;
    if (event.key === 'Escape') show(0);
    const element = goal === undefined ? null : graph.querySelector<HTMLElement>(`[data-node="${goal}"]`);
    if (element === null) return;
    event.preventDefault();
    element.focus();
  });
  back.addEventListener('click', () => show(0));
  search.addEventListener('input', () => {
    count();
    draw();
  });
  draw();
}
