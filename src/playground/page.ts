// The playground as a document: its controls and the places that its script fills, in the look of the report and the live
// page. Everything is in it, and its policy forbids it to ask for anything.

import { bar, dot, figure, STYLE as LIVE_STYLE, stroke, tile } from '../live/page-parts.js';
import { htmlPage } from '../report/page/document.js';
import { html, type Markup, raw } from '../report/page/markup.js';

/**
 * The whole page.
 * @param script of the page. @param worker script of its workers.
 */
export function playgroundPage(script: string, worker: string): string {
  return htmlPage({
    title: 'tutti: playground',
    head: html`<strong>tutti</strong> · playground`,
    opening: OPENING,
    sections: [
      { id: 'averaging', title: 'What averaging buys', content: AVERAGING },
      { id: 'plane-section', title: 'Where the classes part', content: PLANE },
      { id: 'learning', title: 'Learning', content: LEARNING },
      { id: 'same-bytes', title: 'The same bytes in Node.js', content: BYTES },
    ],
    script,
    data: { worker },
    allowed: 'worker-src blob:',
    scriptsMay: "'wasm-unsafe-eval'",
  });
}

function choice(name: string, title: string, says: string, checked = false): Markup {
  return html`<label class="choice"><input type="radio" name="dataset" value="${name}"${checked ? raw(' checked') : null}><span><b>${title}</b> ${says}</span></label>`;
}

/** A slider over the places of a list that the script has. */
function slider(id: string, label: string, most: number, value: number): Markup {
  return html`<label class="slider" for="${id}"><span>${label}</span> <output id="${id}-value" for="${id}"></output><input type="range" id="${id}" min="0" max="${most}" step="1" value="${value}"></label>`;
}

const CONTROLS = html`<form class="controls" id="controls" aria-label="The ensemble">
<fieldset><legend>Data</legend>
${choice('spirals', 'Two spirals', '150 points in a plane', true)}
${choice('moons', 'Two moons', '100 points in a plane, whose classes overlap')}
${choice('iris', 'Iris', 'Fisher’s 150 flowers, four lengths')}
${choice('digits', 'Digits', '700 images of 8 × 8 pixels')}
</fieldset>
<fieldset><legend>Ensemble</legend>
${slider('members', 'Members k', 63, 15)}
${slider('hidden', 'Hidden units', 8, 6)}
${slider('epochs', 'Epochs', 9, 9)}
<label class="tick"><input type="checkbox" id="bootstrap" checked><span>Each member draws its rows anew (bootstrap)</span></label>
<label class="number" for="seed"><span>Seed</span><input type="number" id="seed" min="0" max="4294967295" step="1" value="1" inputmode="numeric" required></label>
</fieldset>
<div class="row"><button type="submit" class="button main" id="train">Train</button><button type="button" class="button serious" id="stop" disabled>Stop</button></div>
</form>`;

const AVERAGED_KEY = html`${dot('s2', 'measured, in the order in which members came')}${dot('s3', 'measured, of sampled subsets')}${stroke('s1', '6 4', 'v/k + (k − 1) c/k')}${stroke('soft', '2 4', 'c')}`;

const AVERAGING = html`<p>Members are wrong in different ways, and their mean is less wrong. On rows that nobody was trained on, v is the members’ mean squared error, c the mean product of two members’ errors, ρ = c/v their correlation. The mean of k members then has the squared error v/k + (k − 1) c/k: with ρ = 0 it falls as 1/k, with ρ = 1 not at all.</p>
<ul class="tiles">${tile('tile-v', 'v', 'squared error of a member')}${tile('tile-c', 'c', 'product of two members’ errors')}${tile('tile-rho', 'ρ = c/v', 'correlation of errors')}${tile('tile-predicted', 'Foretold for all', 'by v and c')}${tile('tile-measured', 'Measured', 'squared error of the mean')}${tile('tile-wrong', 'Wrong', 'alone → together')}</ul>
${figure('averaged', 'Squared error on held-out rows', AVERAGED_KEY)}`;

function plane(id: string, title: string): Markup {
  return html`<figure class="plane"><h3>${title}</h3><canvas id="${id}" width="560" height="560" role="img" aria-label="${title}: nothing is drawn yet"></canvas></figure>`;
}

const PLANE = html`<p>What is said of every point of the plane: the newest member by itself, and the mean of all that are there. Circles and squares are the rows of the two classes that are trained on.</p><div class="figures planes">${plane('surface-member', 'The newest member')}${plane('surface-mean', 'All members')}</div>`;

const LEARNING = html`${figure('curves', 'Learning curves', html`${stroke('s1', '', 'in training')}${stroke('member', '', 'finished')}`)}`;

const BYTES = html`<p>Every member was trained by tutti’s own kernels on a worker of this page. The plan decides every byte, not who trains it: Node.js, on any number of threads, comes to the ensemble with the same content hash.</p>
<p id="hash-line"><code id="hash">It is told when an ensemble is there.</code></p>
<div id="take-it" hidden><p>It is an ensemble like any other: save it as a file, and predict with it, extend or export it anywhere.</p><p><button type="button" class="button" id="ensemble">Save the ensemble</button></p></div>
<div id="program" hidden><p>The same training as a program, and the rows that it reads:</p><pre tabindex="0" role="region" aria-label="The same training as a program"><code id="code"></code></pre><p><button type="button" class="button" id="rows">Save its rows</button></p></div>`;

const STYLE = raw(`<style>
.controls{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1rem 1.6rem;margin:1.4rem 0;align-items:start}
fieldset{border:1px solid var(--line);border-radius:.8rem;background:var(--panel);padding:.6rem 1.1rem 1rem;margin:0;min-width:0}
legend{font-weight:600;padding:0 .3rem}
.choice,.tick{display:flex;gap:.6rem;align-items:baseline;padding:.25rem 0}
.choice b{font-weight:600}
.slider{display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.25rem 0}
.slider input{grid-column:1/-1;width:100%}
.number{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding:.25rem 0}
.number input{width:9rem;max-width:50%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:.4rem;padding:.2rem .5rem}
input{accent-color:var(--accent)}
.controls .row{grid-column:1/-1;justify-content:flex-start}
.button.main{background:var(--accent);border-color:var(--accent);color:var(--paper)}
.button:disabled{opacity:.45;cursor:default}
.planes{grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
canvas{display:block;width:100%;height:auto;max-width:26rem;margin:.8rem auto .2rem;border-radius:.4rem}
#hash{overflow-wrap:anywhere}
#averaged svg,#curves svg{max-width:40rem}
#code{white-space:pre}
</style>`);

const OPENING = html`${LIVE_STYLE}${STYLE}
<div class="run">
<h1 class="hidden">Train an ensemble in this page</h1>
<p class="verdict" id="headline">Train an ensemble in this page</p>
<p class="lead">Neural networks that differ by chance, one after another on every core, averaged. Nothing leaves this page.</p>
<noscript><p>This page needs JavaScript to train.</p></noscript>
${CONTROLS}
${bar('whole', 'The whole training')}
<p class="bar-text" id="so-far">Nothing is trained yet.</p>
<p class="hidden" role="status" aria-live="polite" id="said"></p>
<ul class="notes"><li class="bad" id="trouble" role="alert" hidden></li></ul>
<ol class="members" id="members-list" aria-label="Members"></ol>
</div>
<template id="member-template"><li class="member queued"><b aria-hidden="true"></b><i></i><span class="hidden"></span></li></template>`;
