/** A profile as one HTML file with its flame graph: it needs no network, and is not allowed to use it. */
import { FLAME_STYLE } from './flame-style.js';
import { type FlameData, showFlameGraph } from './flame-view.js';
import { functionTable } from './function-table.js';
import { htmlText } from './html-text.js';
import { pagePolicy } from './page-policy.js';
import type { Profile } from './profile.js';

const STYLE = `
:root { color-scheme: light dark; color: #1c1b1a; background: #fbfaf7; }
@media (prefers-color-scheme: dark) { :root { color: #ece9e2; background: #191817; } }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.1rem 0.75rem 0.1rem 0; text-align: right; vertical-align: top; }
th:last-child, td:last-child { text-align: left; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
`;
const ROWS_MAX = 100;

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function flameHtml(profile: Profile): string {
  const { fuel, runs, receipts } = profile;
  const data: FlameData = {
    frames: profile.frames.map(({ kind, name, source }) =>
      source === undefined ? { kind, name } : { kind, name, source },
    ),
    nodes: profile.nodes.map(({ frame, parent, self, total, calls }) => ({ frame, parent, self, total, calls })),
  };
  // Nothing in the data may end its element.
  const json = JSON.stringify(data).replace(/</g, '\\u003c');
  const script = `(${showFlameGraph.toString()})(document.getElementById('flame'), JSON.parse(document.getElementById('profile').textContent));`;
  const style = STYLE + FLAME_STYLE;
  const title = htmlText(`Fuel of ${profile.export}`);
  const rows = [...functionTable(profile)]
    .sort((a, b) => b.self - a.self || b.total - a.total)
    .slice(0, ROWS_MAX)
    .map(({ frame, self, total, calls }) =>
      [grouped(self), grouped(total), grouped(calls), htmlText(frame.name)].map((cell) => `<td>${cell}</td>`).join(''),
    );
  const parts = Object.entries(fuel.parts).map(([part, units]) => `${part} ${grouped(units)}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(script, style)}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${grouped(fuel.used)} units in ${grouped(runs)} ${runs === 1 ? 'call' : 'calls'}: ${htmlText(parts.join(', '))}.<br>
Module <code>${htmlText(profile.module)}</code>, receipt <code>${htmlText(receipts[0] ?? '')}</code>.</p>
<div id="flame"></div>
<h2>Functions</h2>
<table><thead><tr><th>self</th><th>total</th><th>calls</th><th>function</th></tr></thead><tbody>
${rows.map((row) => `<tr>${row}</tr>`).join('\n')}
</tbody></table>
</main>
<script type="application/json" id="profile">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}
