import type {Bench, BenchWorkload} from '../../contract/bench.js';
import {sideNames} from '../side-names.js';
import {plotInterval, plotSamples} from './plot.js';
import {safe} from './safe.js';
import {benchLines, benchRows} from './text.js';
import {remarks, verdictWords} from './words.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--soft:#59636e;--host:#0969da;--container:#bc4c00;--band:#1a7f3726}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#3d444d;--soft:#9198a1;--host:#58a6ff;--container:#f0883e;--band:#3fb95040}}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem;border-top:1px solid var(--line);padding-top:1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;white-space:nowrap}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left}td:last-child{white-space:normal;min-width:16rem}
svg{display:block;width:100%;height:auto;margin:.4rem 0}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
.host{fill:var(--host);stroke:var(--host)}.container{fill:var(--container);stroke:var(--container)}.off{opacity:.35}
.band{fill:var(--band)}.axis{stroke:var(--line);fill:none}.mark{stroke:var(--ink);fill:var(--ink)}
.key span{margin-right:1.2rem}.key .host::before,.key .container::before{content:"● "}.key .host{color:var(--host)}.key .container{color:var(--container)}
pre{overflow-x:auto;font-size:12px;color:var(--soft)}.no{font-weight:600;color:var(--container)}`;

/** One page that needs nothing else: every sample, the intervals, the machine. */
export function benchHtml(bench: Bench): string {
  const names = sideNames(bench);
  const [head = [], ...rows] = benchRows(bench);
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map(text => `<${tag}>${safe(text)}</${tag}>`).join('')}</tr>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>gpudock bench, ${safe(bench.date)}</title><style>${STYLE}</style></head><body>
<h1>${names.title}</h1>
<p>${safe(bench.date)} · ${safe(bench.sides.host)} against ${safe(bench.sides.container)}</p>
${bench.usable ? '' : '<p class="no">This session is not usable.</p>'}
<div class="scroll"><table>${cells('th', head)}${rows.map(row => cells('td', row)).join('')}</table></div>
<ul>${benchLines(bench)
    .map(line => `<li>${safe(line)}</li>`)
    .join('')}</ul>
<p class="key"><span class="host">${names.host}</span><span class="container">${names.container}</span><span>pale: marked, for other load or a slowed-down clock</span></p>
${bench.workloads
  .filter(({ratio}) => ratio !== null)
  .map(section)
  .join('')}
<h2>The machine</h2><pre>${safe(JSON.stringify(bench.machine, null, 2))}</pre>
</body></html>
`;
}

function section(workload: BenchWorkload): string {
  const lines = [verdictWords(workload), ...remarks(workload)].map(line => `<p>${safe(line)}</p>`).join('');
  return `<h2>${safe(workload.name)} · ${safe(workload.mode)}</h2>${plotInterval(workload)}${plotSamples(workload)}${lines}`;
}
