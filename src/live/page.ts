// The live page as a document: the places that its script fills, in the look of the report.

import { htmlPage } from '../report/page/document.js';
import { html, type Markup, raw } from '../report/page/markup.js';
import type { RunHead } from './client/protocol.js';
import { clientScript } from './embedded.js';

/** The whole page, before anything is known of the run. */
export function livePage({ file }: RunHead): string {
  return htmlPage({
    title: `tutti: ${file}`,
    head: html`<strong>tutti</strong> · <span id="command"></span>`,
    opening: OPENING,
    sections: [
      { id: 'learning', title: 'Learning', content: FIGURES },
      { id: 'working', title: 'Threads', content: html`<ol class="threads" id="threads"></ol>` },
      { id: 'all-members', title: 'Members', content: MEMBERS },
      { id: 'said-so-far', title: 'Log', content: html`<ol class="log notes" id="log"></ol>` },
    ],
    script: clientScript,
    allowed: "connect-src 'self'",
  });
}

/** A bar that is filled from 0 to 1; what stands behind it is its text. */
function bar(id: string, label: string): Markup {
  return html`<div class="bar"${id === '' ? null : raw(` id="${id}"`)} role="progressbar" aria-label="${label}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"><i></i></div>`;
}

function tile(id: string, name: string, more: string): Markup {
  return html`<li><span id="${id}-name">${name}</span><b id="${id}">–</b><span id="${id}-more">${more}</span></li>`;
}

function figure(id: string, title: string, key: Markup): Markup {
  return html`<figure id="${id}"><h3>${title}</h3><svg viewBox="0 0 460 300" role="img" aria-label="${title}" font-size="12" fill="currentColor"></svg><p class="key">${key}</p><figcaption><p class="says"></p></figcaption></figure>`;
}

/** An entry of a key: how a line is drawn, and what it is. */
function stroke(tone: string, dash: string, name: string, kind = ''): Markup {
  return html`<span class="${kind}"><svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4H26" stroke="var(--${tone})" stroke-width="2.5" stroke-dasharray="${dash}"/></svg>${name}</span>`;
}

const CURVES_KEY = html`${stroke('s1', '', 'in training')}${stroke('member', '', 'finished')}${stroke('s2', '4 3', 'on rows to stop by', 'validated')}`;
const ARRIVALS_KEY = html`<span><svg viewBox="0 0 26 8" aria-hidden="true"><circle cx="13" cy="4" r="3.5" fill="var(--s2)"/></svg>measured</span>${stroke('s1', '6 4', 'v/k + (k − 1) c/k')}${stroke('soft', '2 4', 'c')}`;

const FIGURES = html`<div class="figures">${figure('curves', 'Learning curves', CURVES_KEY)}${figure('arrivals', 'What averaging buys', ARRIVALS_KEY)}</div>`;

const MEMBERS = html`<ol class="members" id="members"></ol>
<p class="key"><span class="member queued"><i></i>waits</span><span class="member training"><i></i>in training</span><span class="member finished"><i></i>finished</span><span class="member failed"><i></i>failed</span></p>`;

/** The rules of the page beside those of all pages. */
const STYLE = raw(`<style>
.run{padding-top:1.6rem}
.run .row{display:flex;align-items:center;gap:1rem;flex-wrap:wrap;justify-content:space-between}
.phase{display:inline-flex;align-items:center;gap:.5rem;border:1px solid var(--line);border-radius:999px;background:var(--panel);padding:.15rem .9rem;font-size:.9rem}
.phase::before{content:"";width:.55rem;height:.55rem;border-radius:50%;background:var(--soft)}
.phase[data-phase=training]::before,.phase[data-phase=measuring]::before{background:var(--accent);animation:beat 1.6s ease-in-out infinite}
.phase[data-phase=finished]::before{background:var(--good)}
.phase[data-phase=stopping]::before,.phase[data-phase=interrupted]::before{background:var(--warn)}
.phase[data-phase=failed]::before{background:var(--bad)}
@keyframes beat{50%{opacity:.25}}
.run .verdict{max-width:40ch}
.button{border:1px solid var(--line);background:var(--panel);border-radius:.55rem;padding:.35rem 1.1rem;cursor:pointer;font-weight:550}
.button:hover{border-color:var(--soft)}
.button.serious{color:var(--bad)}
.bar{height:.5rem;border-radius:999px;background:var(--line);overflow:hidden}
.bar i{display:block;height:100%;width:100%;border-radius:999px;background:var(--accent);transform-origin:left;transform:translateX(calc(100% * (var(--share,0) - 1)));transition:transform .45s linear}
#whole{height:.8rem;margin-top:1rem}
.bar-text{margin:.5rem 0 0;color:var(--soft);font-size:.95rem}
.threads{list-style:none;margin:1rem 0;padding:0;display:grid;gap:.7rem}
.threads li{display:grid;grid-template-columns:6rem minmax(0,1fr) minmax(0,20rem);align-items:center;gap:.3rem 1rem;font-size:.94rem}
.threads .name{font-weight:550}
.threads .what{color:var(--soft)}
.members{list-style:none;margin:1rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(2.9rem,1fr));gap:.4rem}
li.member{position:relative;overflow:hidden;border:1px solid var(--line);border-radius:.45rem;background:var(--panel);text-align:center;padding:.25rem 0 .4rem;font-size:.88rem;color:var(--soft)}
li.member b{font-weight:500}
li.member i{position:absolute;left:0;bottom:0;height:.25rem;width:100%;background:var(--accent);transform-origin:left;transform:scaleX(var(--share,0));transition:transform .45s linear}
li.member.training{border-color:var(--accent);color:var(--ink)}
li.member.finished{color:var(--ink)}
li.member.finished i{background:var(--good)}
li.member.failed{border-color:var(--bad);color:var(--bad)}
li.member.failed i{background:var(--bad);transform:none}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.85rem;color:var(--soft);max-width:none;margin:.5rem 0}
.key [hidden],.key[hidden]{display:none}
.key span{display:inline-flex;align-items:center;gap:.4rem}
figure .key svg{width:1.65rem;height:.5rem;margin:0;flex:none}
.key .member i{width:.8rem;height:.8rem;border-radius:.25rem;border:1px solid var(--line);background:var(--panel)}
.key .training i{border-color:var(--accent);background:var(--accent)}
.key .finished i{background:var(--good);border-color:var(--good)}
.key .failed i{background:var(--bad);border-color:var(--bad)}
figure>svg .rule{stroke:var(--line)}
figure>svg .axes text,figure>svg .soft{fill:var(--soft)}
.log{max-height:20rem;overflow:auto}
.log small{color:var(--soft);display:inline-block;min-width:4.2rem}
.came-to pre{max-height:none}
.came-to code{overflow-wrap:anywhere}
dialog{border:1px solid var(--line);border-radius:1rem;background:var(--panel);color:var(--ink);padding:1.6rem 1.8rem;max-width:min(28rem,calc(100vw - 2rem))}
dialog::backdrop{background:rgb(0 0 0 / .45)}
dialog h2{font-size:1.25rem}
dialog .row{display:flex;gap:.7rem;justify-content:flex-end;margin-top:1.4rem;flex-wrap:wrap}
[hidden]{display:none!important}
@media (max-width:40rem){.threads li{grid-template-columns:5.2rem minmax(0,1fr)}.threads .bar{grid-column:1/-1}}
@media print{.button,dialog{display:none}}
</style>`);

const OPENING = html`${STYLE}
<div class="run">
<h1 class="hidden">A training as it runs</h1>
<div class="row"><span class="phase" id="phase" data-phase="preparing">Connecting</span><button type="button" class="button serious" id="stop" aria-haspopup="dialog">Stop</button></div>
<p class="verdict" id="headline">Connecting to the run</p>
${bar('whole', 'The whole training')}
<p class="bar-text"></p>
<p class="hidden" role="status" aria-live="polite" id="said"></p>
<ul class="notes"><li class="warn" id="lost" role="alert" hidden></li><li id="closed" hidden>The command has ended. This page shows the last that it said, for as long as it is open.</li></ul>
<noscript><p>This page needs JavaScript to follow the training.</p></noscript>
<section class="came-to" id="came-to" aria-labelledby="came-to-title" hidden><h2 id="came-to-title">What it came to</h2><p><b id="saved"></b></p><pre id="summary" tabindex="0" role="region" aria-label="Figures"></pre><h3 id="next-title">What comes next</h3><ul id="next"></ul></section>
<ul class="tiles">${tile('tile-members', 'Members', 'finished')}${tile('tile-left', 'Time left', '')}${tile('tile-error', 'Error so far', 'on rows never seen')}${tile('tile-rate', 'Epochs per second', 'of all members')}${tile('tile-memory', 'Memory', 'of the process')}</ul>
<details class="more" id="data-section" hidden><summary>What the data are taken for</summary><ul id="data"></ul></details>
</div>
<template id="thread-template"><li><span class="name"></span><span class="what"></span>${bar('', 'Thread')}</li></template>
<template id="member-template"><li class="member queued"><b aria-hidden="true"></b><i></i><span class="hidden"></span></li></template>
<dialog id="stop-dialog" aria-labelledby="stop-title" aria-describedby="stop-text"><h2 id="stop-title">Stop?</h2><p id="stop-text"></p><div class="row"><button type="button" class="button" id="go-on" autofocus>Go on</button><button type="button" class="button serious" id="stop-now">Stop</button></div></dialog>`;
