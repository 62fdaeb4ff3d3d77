// Parts and look of pages of a training as it runs: bars, tiles, figures that a script draws, and their keys.

import { html, type Markup, raw } from '../report/page/markup.js';

/** A bar that is filled from 0 to 1; what stands behind it is its text. */
export function bar(id: string, label: string): Markup {
  return html`<div class="bar"${id === '' ? null : raw(` id="${id}"`)} role="progressbar" aria-label="${label}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"><i></i></div>`;
}

export function tile(id: string, name: string, more: string): Markup {
  return html`<li><span id="${id}-name">${name}</span><b id="${id}">–</b><span id="${id}-more">${more}</span></li>`;
}

export function figure(id: string, title: string, key: Markup): Markup {
  return html`<figure id="${id}"><h3>${title}</h3><svg viewBox="0 0 460 300" role="img" aria-label="${title}" font-size="12" fill="currentColor"></svg><p class="key">${key}</p><figcaption><p class="says"></p></figcaption></figure>`;
}

/** An entry of a key: how a line is drawn, and what it is. */
export function stroke(tone: string, dash: string, name: string, kind = ''): Markup {
  return html`<span class="${kind}"><svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4H26" stroke="var(--${tone})" stroke-width="2.5" stroke-dasharray="${dash}"/></svg>${name}</span>`;
}

/** An entry of a key for dots. */
export function dot(tone: string, name: string): Markup {
  return html`<span><svg viewBox="0 0 26 8" aria-hidden="true"><circle cx="13" cy="4" r="3.5" fill="var(--${tone})"/></svg>${name}</span>`;
}

/** The rules of such a page beside those of all pages. */
export const STYLE = raw(`<style>
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
