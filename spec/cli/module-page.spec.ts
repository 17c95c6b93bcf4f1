/**
 * The script of a module's page: what it shows of a module, and how it reacts when a person searches, sorts, selects,
 * opens.
 */
import { expect } from 'chai';
import { type PageFunction, type PageModule, showModule } from '../../src/cli/module-page.js';
import { inPage, type PageElement } from './page-elements.js';
import { saidBy } from './said.js';

const IDS = ['rows', 'found', 'find', 'order', 'more', 'chosen', 'tree'];

function fn(index: number, title: string, more: Partial<PageFunction> = {}): PageFunction {
  return {
    index,
    title,
    type: '(i32) -> ()',
    bodyBytes: 1_000 - index,
    staticCost: 10 * index,
    frameWords: index,
    callers: index % 3,
    flags: [],
    calls: [],
    tableCalls: [],
    loops: [],
    ...more,
  };
}

/** Two imports; `main` calls an import twice, `helper` and `self`, which calls itself; `helper` calls `self` and `leaf`. */
const SMALL: PageModule = {
  imports: ['env.first', 'env.second'],
  waysIn: [
    { name: 'run', index: 2 },
    { name: 'again', index: 4 },
    { name: 'end', index: 5 },
    { name: 'host', index: 1 },
  ],
  functions: [
    fn(2, 'main', {
      staticCost: 1_234_567,
      flags: ['in a table'],
      calls: [
        [1, 2],
        [3, 1],
        [4, 1_500],
        [0, 1],
      ],
      tableCalls: ['1 call of type () -> (), 2 functions to choose from'],
      loops: ['at 0x10: 5 a turn', 'at 0x20: 7 a turn'],
    }),
    fn(3, 'Helper', {
      staticCost: 40,
      flags: ['recursive', 'reached by nothing'],
      calls: [
        [4, 1],
        [5, 1],
      ],
      loops: ['at 0x30: 1 a turn'],
    }),
    fn(4, 'self', { calls: [[4, 1]] }),
    fn(5, 'leaf', { staticCost: 40, callers: 2 }),
  ],
};

const MANY: PageModule = {
  imports: [],
  waysIn: [],
  functions: Array.from({ length: 1_250 }, (_, index) => fn(index, `f${index}`)),
};

describe('the page of a module', () => {
  const expectSaid = saidBy('module-page');
  const shown = (element: PageElement) => element.lines.join('\n');
  const names = (rows: PageElement) =>
    rows.children
      .map((row) => (typeof row === 'string' ? row : row.children.at(-1)!))
      .map((cell) => (cell as PageElement).textContent);

  /** Runs `work` in the page of a module, in the initial sort order. */
  function show(module: PageModule, work: (byId: (id: string) => PageElement) => void): void {
    inPage(IDS, (byId) => {
      byId('order').value = 'staticCost';
      byId('chosen').hidden = true;
      showModule(module);
      work(byId);
    });
  }
  const button = (place: PageElement, title: string) =>
    place.all.find(({ name, textContent }) => name === 'button' && textContent === title)!;

  it('has a row for each function, and the tree of calls', () =>
    show(SMALL, (byId) => {
      for (const id of IDS) expectSaid(`at first: ${id}`, shown(byId(id)));
    }));

  it('sorts, searches by name and index, and counts matches', () =>
    show(SMALL, (byId) => {
      const order: readonly (readonly [string, readonly string[]])[] = [
        ['bodyBytes', ['main', 'Helper', 'self', 'leaf']],
        ['callers', ['main', 'leaf', 'self', 'Helper']],
        ['loops', ['main', 'Helper', 'self', 'leaf']],
        ['index', ['main', 'Helper', 'self', 'leaf']],
        ['staticCost', ['main', 'Helper', 'self', 'leaf']],
      ];
      for (const [key, titles] of order) {
        byId('order').value = key;
        byId('order').emit('change');
        expect(names(byId('rows')), key).to.deep.equal(titles);
      }
      for (const [text, titles] of [
        ['HEL', ['Helper']],
        ['elf', ['self']],
        ['5', ['leaf']],
        ['2', ['main']],
        ['l', ['Helper', 'self', 'leaf']],
        ['x', []],
      ] as const) {
        byId('find').value = text;
        byId('find').emit('input');
        expect(names(byId('rows')), text).to.have.members(titles);
        expect(byId('found').textContent).to.equal(`${titles.length} of ${titles.length} functions`);
      }
    }));

  it('shows a hundred rows at a time', () =>
    show(MANY, (byId) => {
      const state = () => [byId('rows').children.length, byId('found').textContent, byId('more').hidden];
      expect(state()).to.deep.equal([100, '100 of 1,250 functions', false]);
      byId('more').emit('click');
      expect(state()).to.deep.equal([200, '200 of 1,250 functions', false]);
      expect(names(byId('rows')).slice(0, 2)).to.deep.equal(['f1249', 'f1248']);
      byId('find').value = 'f12';
      byId('find').emit('input');
      expect(state()).to.deep.equal([61, '61 of 61 functions', true]);
      byId('find').value = '';
      byId('find').emit('input');
      expect(state()).to.deep.equal([100, '100 of 1,250 functions', false]);
      // Equal ones stay in the order of their indices.
      byId('order').value = 'callers';
      byId('order').emit('change');
      expect(names(byId('rows')).slice(0, 3)).to.deep.equal(['f2', 'f5', 'f8']);
    }));

  it('shows the callers, callees and loops of a selected function', () =>
    show(SMALL, (byId) => {
      button(byId('rows'), 'main').emit('click');
      expectSaid('main is chosen', shown(byId('chosen')));
      button(byId('chosen'), 'self').emit('click');
      expectSaid('self is chosen', shown(byId('chosen')));
      button(byId('chosen'), 'Helper').emit('click');
      expectSaid('Helper is chosen', shown(byId('chosen')));
      button(byId('chosen'), 'leaf').emit('click');
      expectSaid('leaf is chosen', shown(byId('chosen')));
      button(byId('rows'), 'main').emit('click');
      button(byId('chosen'), 'env.second').emit('click');
      expectSaid('an import is chosen', shown(byId('chosen')));
    }));

  it('opens a branch of the tree once, down to a recursion', () =>
    show(SMALL, (byId) => {
      const details = () => byId('tree').all.filter(({ name }) => name === 'details');
      for (let depth = 0; depth < 4; depth++) for (const one of details()) one.emit('toggle');
      expectSaid('the tree is open', shown(byId('tree')));
    }));
});
