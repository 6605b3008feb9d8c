"""How pages look. All rules are below one class, so that notebooks keep their own."""

STYLE = """
.skgan {
  --paper: #fff; --ink: #1c1e21; --faint: #5f6670; --line: #dfe2e6;
  --real: #b9bfc7; --held-out: #3b6fb6; --synthetic: #d9730d;
  --good: #1f7a3d; --fair: #8a6100; --off: #b3261e; --copied: #7b3fb0;
  background: var(--paper); color: var(--ink); color-scheme: light dark;
  font: 15px/1.45 system-ui, sans-serif; padding: 1em max(1em, 50% - 30em);
}
@media (prefers-color-scheme: dark) {
  .skgan {
    --paper: #17191c; --ink: #e6e8ea; --faint: #9aa2ad; --line: #353a41;
    --real: #565d67; --held-out: #7fb0ee; --synthetic: #f59a45;
    --good: #6fce8d; --fair: #e3bb55; --off: #ff8a80; --copied: #cfa3f5;
  }
}
.skgan h1 { font-size: 1.4em; margin: 0 0 .5em; }
.skgan h2 { font-size: 1.1em; margin: 1.8em 0 .4em; }
.skgan h3 { font-size: 1em; margin: 0 0 .2em; overflow-wrap: anywhere; }
.skgan p { margin: .4em 0; }
.skgan small { color: var(--faint); font-size: .85em; font-weight: normal; }
.skgan .wide { overflow-x: auto; }
.skgan table { border-collapse: collapse; width: 100%; margin: .4em 0;
  background: none; font-size: inherit; }
.skgan tr { background: none; border: 0; }
.skgan th, .skgan td { border: 0; border-bottom: 1px solid var(--line);
  padding: .35em .6em .35em 0; text-align: right; vertical-align: top;
  font-variant-numeric: tabular-nums; color: inherit; font-weight: normal; }
.skgan th:first-child { text-align: left; padding-left: 0; overflow-wrap: anywhere; }
.skgan thead th { color: var(--faint); font-size: .85em; }
.skgan td small { display: block; }
.skgan .figures th:first-child { width: 45%; }
.skgan .good { color: var(--good); } .skgan .fair { color: var(--fair); }
.skgan .off { color: var(--off); } .skgan .copied { color: var(--copied); }
.skgan .verdict { font-weight: bold; }
.skgan .track { position: relative; height: 14px; margin-top: .3em;
  border-bottom: 1px solid var(--line); }
.skgan .track i { position: absolute; box-sizing: border-box; }
.skgan .track .range { height: 4px; top: 5px; min-width: 2px; opacity: .6; }
.skgan .track .range.real { height: 12px; top: 1px; }
.skgan .track .mark { width: 8px; height: 8px; top: 3px; margin-left: -4px;
  border-radius: 50%; background: var(--synthetic); }
.skgan .track .mark.real { width: 3px; height: 14px; top: 0; margin-left: -1.5px;
  border-radius: 0; background: var(--held-out); }
.skgan .range.real { background: var(--real); }
.skgan .range.synthetic { background: var(--synthetic); }
.skgan .cards { display: grid; gap: 1.4em;
  grid-template-columns: repeat(auto-fill, minmax(min(18em, 100%), 1fr)); }
.skgan svg { display: block; width: 100%; height: 110px;
  border-bottom: 1px solid var(--faint); }
.skgan path { fill: none; stroke-width: 1.5px; vector-effect: non-scaling-stroke; }
.skgan path.training { fill: var(--real); }
.skgan path.held-out { stroke: var(--held-out); stroke-width: 1px; }
.skgan path.synthetic { stroke: var(--synthetic); }
.skgan .ends { display: flex; justify-content: space-between; }
.skgan .bars { list-style: none; margin: .4em 0; padding: 0; font-size: .85em; }
.skgan .bars li { display: grid; grid-template-columns: 35% 1fr 8em; gap: 0 .6em;
  grid-template-areas: "name bars number"; align-items: center; margin: .35em 0; }
.skgan .cards li { grid-template: "name number" "bars bars" / 1fr auto; }
.skgan .bars span { grid-area: name; } .skgan .bars div { grid-area: bars; }
.skgan .bars b { grid-area: number; }
.skgan .bars span { overflow-wrap: anywhere; }
.skgan .bars b { font-weight: normal; text-align: right; color: var(--faint);
  font-variant-numeric: tabular-nums; }
.skgan .bars i { display: block; height: 4px; margin: 1px 0; min-width: 1px; }
.skgan i.training { background: var(--real); }
.skgan i.held-out { background: var(--held-out); }
.skgan i.synthetic { background: var(--synthetic); }
.skgan .key i { display: inline-block; width: 1.4em; height: .6em;
  margin: 0 .35em 0 1em; }
.skgan .key i:first-child { margin-left: 0; }
.skgan dl { display: grid; grid-template-columns: auto 1fr; gap: .2em 1em;
  margin: .4em 0; }
.skgan dt { color: var(--faint); font-weight: normal; } .skgan dd { margin: 0; }
@media (max-width: 40em) {
  .skgan .figures tr { display: grid; grid-template-columns: repeat(var(--n), 1fr); }
  .skgan .figures th:first-child { grid-column: 1 / -1; width: auto; border: 0; }
  .skgan .bars li { grid-template: "name number" "bars bars" / 1fr auto; }
}
"""
