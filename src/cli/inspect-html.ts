/**
 * A module as one HTML file. It needs no network, and its content security policy allows none; its script is allowed by
 * hash.
 */
import type { ModuleDescription } from '../engine/describe/description.js';
import { htmlText } from '../profile/html-text.js';
import { pagePolicy } from '../profile/page-policy.js';
import { countsText } from './graph-report.js';
import { counted, grouped, printable } from './layout.js';
import {
  decidedText,
  dependsOnData,
  loopsOf,
  type ModuleFunction,
  type ModuleGraph,
  sourceText,
} from './module-graph.js';
import { type PageFunction, type PageModule, showModule } from './module-page.js';

const LOOPS_MAX = 50;
const NAMES_MAX = 200;

const STYLE = `
:root { color-scheme: light dark; --quiet: #5b5853; --line: #d9d5cc; --accent: #1a5fb4; --back: #fbfaf7; }
@media (prefers-color-scheme: dark) { :root { --quiet: #b0aca4; --line: #45423d; --accent: #99c1f1; --back: #191817; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; font: 15px/1.5 system-ui, sans-serif; background: var(--back); }
h1, h2, h3, code, td:last-child, li, dd { overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; } h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; }
dt, .quiet, th { color: var(--quiet); } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15rem 0.75rem 0.15rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child, .text { text-align: left; }
td:last-child { min-width: 14rem; } td.text { white-space: nowrap; } td.text:last-child { white-space: normal; }
th { font-weight: normal; }
.bar { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0.5rem 0; }
input, select, button { font: inherit; padding: 0.25rem 0.5rem; max-width: 100%; }
button.name { padding: 0; border: 0; background: none; color: var(--accent); text-align: left; vertical-align: top; cursor: pointer; overflow-wrap: anywhere; }
#chosen { border: 1px solid var(--line); border-radius: 4px; padding: 0 1rem 1rem; margin: 1rem 0; max-height: 80vh; overflow-y: auto; }
ul { padding-left: 1.25rem; margin: 0.25rem 0; } #tree { padding-left: 0; } #tree, #tree ul { list-style: none; }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
`;

function escaped(text: string): string {
  return htmlText(printable(text));
}

interface Column {
  readonly title: string;
  readonly isText?: boolean;
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cell = (tag: string, i: number, text: string) =>
    `<${tag}${columns[i].isText === true ? ' class="text"' : ''}${tag === 'th' ? ' scope="col"' : ''}>${escaped(text)}</${tag}>`;
  const head = columns.map(({ title }, i) => cell('th', i, title)).join('');
  const body = rows.map((row) => `<tr>${row.map((text, i) => cell('td', i, text)).join('')}</tr>`).join('\n');
  return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(columns.map(({ title }) => title).join(', '))}"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

export function inspectHtml(hash: string, description: ModuleDescription, graph: ModuleGraph): string {
  const title = escaped(description.name ?? `Module ${hash.slice(0, 12)}`);
  const script = `(${showModule.toString()})(JSON.parse(document.getElementById('module').textContent));`;
  // Nothing in the data may close its element.
  const data = JSON.stringify(pageModule(graph)).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(script, STYLE)}">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${factList(hash, description)}
<h2>Ways in</h2>
<p class="quiet">What each export can reach; a call through a table can reach every function of its type that is in the table.</p>
${waysTable(graph)}
${deadParts(graph)}
<h2>Functions</h2>
<div class="bar">
<label>Find <input id="find" type="search"></label>
<label>Order <select id="order"><option value="staticCost">static cost</option><option value="bodyBytes">bytes</option><option value="callers">callers</option><option value="loops">loops</option><option value="index">index</option></select></label>
<output id="found"></output>
</div>
<section id="chosen" aria-label="The chosen function" tabindex="0" hidden></section>
<div class="wide" tabindex="0" role="region" aria-label="Functions"><table>
<thead><tr><th scope="col">index</th><th scope="col">static cost</th><th scope="col">bytes</th><th scope="col">callers</th><th scope="col">loops</th><th scope="col">function</th></tr></thead>
<tbody id="rows"></tbody>
</table></div>
<p><button id="more" type="button">Show more</button></p>
<h2>Calls</h2>
<p class="quiet">Each function with its static cost; open one to see what it calls.</p>
<ul id="tree"></ul>
${loopPart(graph)}
${recursionPart(graph)}
</main>
<script type="application/json" id="module">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function factList(hash: string, description: ModuleDescription): string {
  const { features, memories, tables, functions, imports } = description;
  const facts: readonly (readonly [string, string])[] = [
    ['hash', hash],
    [
      'size',
      `${counted(description.bytes, 'byte')}, ${counted(functions.length, 'function')}, ${counted(imports.length, 'import')}`,
    ],
    ['features', features.join(', ') || 'only those of WebAssembly 1.0'],
    ['memories', memories.join(', ') || 'none'],
    ['tables', tables.join(', ') || 'none'],
    ['load price', `${grouped(description.loadPrice)} fuel, in no receipt`],
    ['each call', `${grouped(description.instantiationCharge)} fuel for a new instance`],
  ];
  return `<dl>${facts.map(([label, text]) => `<dt>${label}</dt><dd>${escaped(text)}</dd>`).join('\n')}</dl>`;
}

function waysTable({ waysIn }: ModuleGraph): string {
  const columns = [{ title: 'functions' }, { title: 'bytes' }, { title: 'used by', isText: true }, { title: 'from' }];
  const rows = waysIn.map(({ name, use, reaches }) => [
    reaches === undefined ? 'many' : grouped(reaches.functions),
    reaches === undefined ? 'many' : grouped(reaches.bodyBytes),
    use,
    name,
  ]);
  return table(columns, rows);
}

function names(all: readonly string[]): string {
  const more = all.length - NAMES_MAX;
  const shown = all.slice(0, NAMES_MAX).map((name) => `<code>${escaped(name)}</code>`);
  return `<p>${shown.join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}</p>`;
}

function deadParts({ deadExports, onlyByDead, functions }: ModuleGraph): string {
  const unreached = functions.filter(({ reached }) => !reached);
  const parts: string[] = [];
  if (deadExports.length > 0) {
    parts.push(
      `<h2>Dead exports</h2><p class="quiet">No host of zomes uses them. They alone reach ${counted(onlyByDead.functions, 'function')}, ${counted(onlyByDead.bodyBytes, 'byte')}.</p>`,
      names(deadExports.map(({ name }) => name)),
    );
  }
  if (unreached.length > 0) {
    const bytes = unreached.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    parts.push(
      `<h2>Reached by nothing</h2><p class="quiet">${counted(unreached.length, 'function')}, ${counted(bytes, 'byte')}: no export, start function, element segment or reference leads to them.</p>`,
      names(unreached.map(({ title }) => title)),
    );
  }
  return parts.join('\n');
}

function recursionPart({ functions }: ModuleGraph): string {
  const recursive = functions.filter((own) => own.recursive);
  if (recursive.length === 0) return '';
  return `<h2>Recursive</h2><p class="quiet">They call themselves, directly or by others; calls through tables are left out.</p>${names(recursive.map(({ title }) => title))}`;
}

function loopPart(graph: ModuleGraph): string {
  const loops = loopsOf(graph);
  const open = loops.filter(dependsOnData);
  if (loops.length === 0) return '';
  const shown = open.slice(0, LOOPS_MAX);
  const columns = [
    { title: 'degree' },
    { title: 'nested' },
    { title: 'a turn' },
    { title: 'calls' },
    { title: 'decided by', isText: true },
    { title: 'offset' },
    { title: 'reached from', isText: true },
    { title: 'function' },
  ];
  const rows = shown.map(({ function: own, loop }) => [
    String(loop.degree),
    String(loop.nesting + 1),
    grouped(loop.turnCost),
    String(loop.calls),
    decidedText(loop),
    `0x${loop.offset.toString(16)}`,
    waysText(graph, own),
    [own.title, sourceText(graph, loop)].filter((text) => text !== '').join(' '),
  ]);
  const more = shown.length < open.length ? `; the first ${shown.length}` : '';
  return `<h2>Loops</h2><p class="quiet">${countsText(loops)}${more}. Fuel may grow with the data to the power of the degree: the loop and those around it, across calls, over which data decides.</p>${table(columns, rows)}`;
}

function waysText(graph: ModuleGraph, { index }: ModuleFunction): string {
  const names = graph.waysTo(index).map(({ name }) => name);
  return names.length <= 2 ? names.join(', ') : `${grouped(names.length)} ways in`;
}

function pageModule({ functions, imports, waysIn }: ModuleGraph): PageModule {
  return {
    imports: imports.map(printable),
    functions: functions.map(pageFunction),
    waysIn: waysIn.map(({ name, index }) => ({ name: printable(name), index })),
  };
}

function pageFunction(own: ModuleFunction): PageFunction {
  const { index, type, bodyBytes, staticCost, frameWords, callers } = own;
  const flags = [
    ...(own.recursive ? ['recursive'] : []),
    ...(own.inTable ? ['in a table'] : []),
    ...(own.reached ? [] : ['reached by nothing']),
  ];
  return {
    index,
    title: printable(own.title),
    type,
    bodyBytes,
    staticCost,
    frameWords,
    callers,
    flags,
    calls: own.calls.map((call) => [call.index, call.places]),
    tableCalls: own.tableCalls.map(
      (call) =>
        `${counted(call.places, 'call')} of type ${call.type}, ${counted(call.candidates, 'function')} to choose from`,
    ),
    loops: own.loops.map(
      (loop) =>
        `at 0x${loop.offset.toString(16)}: ${grouped(loop.turnCost)} a turn, ${counted(loop.calls, 'call')}, decided by ${decidedText(loop)}`,
    ),
  };
}
