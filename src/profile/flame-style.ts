/** The style of `flame-view.ts`, for pages that show it: light and dark. */
export const FLAME_STYLE = `
.flame-bar { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
.flame-search, .flame-back { font: inherit; padding: 0.25rem 0.5rem; }
.flame-detail { min-height: 1.5em; margin: 0.5rem 0; overflow-wrap: anywhere; }
.flame-graph { position: relative; width: 100%; overflow: hidden; }
.flame-frame { position: absolute; height: 19px; padding: 0 3px; border: 0; border-radius: 2px; overflow: hidden; white-space: nowrap;
  text-align: left; font: 12px/19px ui-monospace, monospace; cursor: pointer; color: #1c1b1a;
  background: hsl(calc(20 + var(--hue) / 12) 85% 72%); box-shadow: inset -1px 0 0 #fff8; }
.flame-call, .flame-other { background: hsl(40 10% 80%); }
.flame-host { background: hsl(210 75% 76%); }
.flame-instantiate, .flame-boundary { background: hsl(150 35% 72%); }
.flame-match { background: hsl(290 75% 80%); }
.flame-frame:focus-visible { outline: 3px solid #1a5fb4; z-index: 1; }
@media (prefers-color-scheme: dark) {
  .flame-frame { box-shadow: inset -1px 0 0 #0008; }
  .flame-frame:focus-visible { outline-color: #99c1f1; }
}
`;
