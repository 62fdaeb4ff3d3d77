// The live page as a document: the places that its script fills, in the look of the report.

import { htmlPage } from '../report/page/document.js';
import { html } from '../report/page/markup.js';
import type { RunHead } from './client/protocol.js';
import { clientScript } from './embedded.js';
import { bar, dot, figure, STYLE, stroke, tile } from './page-parts.js';

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

const CURVES_KEY = html`${stroke('s1', '', 'in training')}${stroke('member', '', 'finished')}${stroke('s2', '4 3', 'on rows to stop by', 'validated')}`;
const ARRIVALS_KEY = html`${dot('s2', 'measured')}${stroke('s1', '6 4', 'v/k + (k − 1) c/k')}${stroke('soft', '2 4', 'c')}`;

const FIGURES = html`<div class="figures">${figure('curves', 'Learning curves', CURVES_KEY)}${figure('arrivals', 'What averaging buys', ARRIVALS_KEY)}</div>`;

const MEMBERS = html`<ol class="members" id="members"></ol>
<p class="key"><span class="member queued"><i></i>waits</span><span class="member training"><i></i>in training</span><span class="member finished"><i></i>finished</span><span class="member failed"><i></i>failed</span></p>`;

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
