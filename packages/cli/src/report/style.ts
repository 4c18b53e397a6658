/** Light or dark, as the reader's system is; nothing is fetched. */
export const style: string = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5b6675; --ground: #fff; --panel: #f4f6f9; --line: #d8dee7; --own: #0b6e4f;
  --c0: #1f5fbf; --c1: #c2571a; --c2: #0b7d5c; --c3: #8a3fa0; --c4: #a8283c; --c5: #6b6f00; --right: 11 110 79; --wrong: 194 60 26; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --soft: #9aa6b5; --ground: #12161c; --panel: #1b212a; --line: #333d4a; --own: #4fc79c;
  --c0: #7fb0ff; --c1: #f0a070; --c2: #5fd0a5; --c3: #cf96e0; --c4: #f08a98; --c5: #d0d06a; --right: 79 199 156; --wrong: 240 130 90; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
.verdict { font-size: 1.3rem; margin: .75rem 0 1.5rem; } .small, figcaption, .legend { color: var(--soft); font-size: .875rem; }
table { border-collapse: collapse; } th, td { padding: .3rem .6rem; text-align: left; font-weight: 400; white-space: nowrap; }
thead th { color: var(--soft); font-size: .875rem; } .results tr { border-bottom: 1px solid var(--line); } .number { text-align: right; font-variant-numeric: tabular-nums; }
.own th, .own td { font-weight: 700; color: var(--own); }
.bar .ground { fill: var(--panel); } .bar .filled { fill: var(--c0); opacity: .55; } .own .bar .filled { fill: var(--own); } .whisker { stroke: var(--text); fill: none; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; } figure { margin: 0; padding: .75rem; background: var(--panel); border-radius: .5rem; }
svg text { font-size: 11px; fill: var(--soft); } .grid { stroke: var(--line); } .line { fill: none; stroke-width: 2; } .legend { margin: .25rem 0 0; } .legend span { margin-right: .75rem; white-space: nowrap; } .legend i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .3rem; }
${[0, 1, 2, 3, 4, 5].map((i) => `.line.c${i} { stroke: var(--c${i}); } .dot.c${i} { fill: var(--c${i}); } i.c${i} { background: var(--c${i}); }`).join('\n')}
.wide { overflow-x: auto; } .confusion td, .confusion thead th { text-align: right; } .confusion td { font-variant-numeric: tabular-nums; min-width: 2rem; border: 1px solid var(--ground); }
.confusion .right { background: rgb(var(--right) / calc(var(--share) * .55)); } .confusion .wrong { background: rgb(var(--wrong) / calc(var(--share) * 4)); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media print { body { margin: 0; } figure { break-inside: avoid; } }`;
