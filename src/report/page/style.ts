// The look of tutti's pages: the report and the page of a training that runs. System fonts, one column to read with its
// contents beside it where there is room, both themes, paper.

import { DARK, declarations, LIGHT } from '../charts/theme.js';

/** Variables of both themes: the system's, unless the page's switch says another. */
const THEMES = `
:root{color-scheme:light;${declarations(LIGHT)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(DARK)}}}
:root[data-theme=dark]{color-scheme:dark;${declarations(DARK)}}`;

const BASE = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3{line-height:1.25;text-wrap:balance;margin:0;font-weight:650;letter-spacing:-.012em}
h2{font-size:1.5rem}
h3{font-size:1.05rem}
p{margin:.6rem 0;max-width:68ch;text-wrap:pretty}
a{color:var(--accent);text-underline-offset:.18em}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
button{font:inherit;color:inherit}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important;animation:none!important}}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-4rem;background:var(--panel);padding:.5rem 1rem;border-radius:.5rem;z-index:9}
.skip:focus{top:1rem}`;

const FRAME = `
.page{display:grid;grid-template-columns:minmax(0,1fr);max-width:66rem;margin:0 auto;padding:0 1.25rem 6rem}
main{min-width:0}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem;flex-wrap:wrap;padding:1.4rem 0 0;color:var(--soft);font-size:.9rem}
.top strong{color:var(--ink);font-weight:650}
.switch{display:inline-flex;border:1px solid var(--line);border-radius:999px;padding:2px;background:var(--panel)}
.switch[hidden]{display:none}
.switch button{border:0;background:none;padding:.2rem .8rem;border-radius:999px;cursor:pointer;color:var(--soft);font-size:.85rem}
.switch button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
.contents{font-size:.92rem;margin:1.2rem 0}
.contents summary{cursor:pointer;color:var(--soft)}
.contents ol{list-style:none;margin:.5rem 0 0;padding:0}
.contents a{display:block;padding:.24rem .8rem;color:var(--soft);text-decoration:none;border-left:2px solid var(--line)}
.contents a:hover{color:var(--ink)}
.contents a[aria-current]{color:var(--ink);border-color:var(--accent);font-weight:600}
section{padding:2.6rem 0 .4rem}
section+section{border-top:1px solid var(--line);margin-top:1.8rem}
section>h2 small{font-weight:400;color:var(--faint);margin-right:.6rem}
.lead{font-size:1.06rem;color:var(--soft)}
@media (min-width:76rem){
.page{grid-template-columns:13.5rem minmax(0,1fr);gap:0 4rem;max-width:82rem}
.top{grid-column:1/-1}
.contents{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:3.4rem 0 2rem;margin:0}
.contents summary{display:none}}`;

const CONTENT = `
.verdict{font-size:clamp(1.45rem,1.1rem + 1.7vw,2.15rem);line-height:1.28;font-weight:600;letter-spacing:-.018em;text-wrap:balance;max-width:34ch;margin:.6rem 0 1rem}
#verdict>h2{font-size:.95rem;font-weight:500;color:var(--soft);letter-spacing:0}
.verdict em{font-style:normal;color:var(--accent)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.6rem,1fr));gap:1rem;margin:1.8rem 0;padding:0;list-style:none}
.tiles li{background:var(--panel);border:1px solid var(--line);border-radius:.8rem;padding:.9rem 1.1rem}
.tiles span{display:block;color:var(--soft);font-size:.85rem;line-height:1.35}
.tiles b{display:block;font-size:1.6rem;font-weight:600;letter-spacing:-.02em;line-height:1.35}
.notes{list-style:none;padding:0;margin:1.2rem 0}
.notes li{border-left:3px solid var(--soft);padding:.15rem 0 .15rem .9rem;margin:.55rem 0;max-width:70ch}
.notes .warn{border-color:var(--warn)}
.notes .bad{border-color:var(--bad)}
.notes .good{border-color:var(--good)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:1.4rem;margin:1.6rem 0;align-items:start}
.packed{display:block;columns:25rem;column-gap:1.4rem}.packed figure{margin-bottom:1.4rem}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:.8rem;padding:1.1rem 1.15rem .9rem;min-width:0;break-inside:avoid}
figure h3{font-size:1rem}
figure svg{display:block;width:100%;height:auto;max-width:34rem;margin:.8rem auto .2rem;overflow:visible}
figcaption{color:var(--soft);font-size:.9rem;line-height:1.5}
figcaption p{margin:.3rem 0 .5rem}
figure>details{margin-top:.5rem;font-size:.85rem}
summary{cursor:pointer}
.more{margin:1.2rem 0}
figure summary,.more>summary{color:var(--soft);font-size:.85rem}
pre{overflow:auto;max-height:16rem;background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;margin:.6rem 0;line-height:1.5}
.save{border:1px solid var(--line);background:var(--panel);border-radius:.4rem;padding:.15rem .7rem;cursor:pointer;font-size:.85rem}
.scroll{overflow-x:auto;margin:1.2rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.92rem;line-height:1.4;min-width:min(100%,24rem)}
caption{text-align:left;color:var(--soft);font-size:.9rem;padding:0 0 .5rem}
th{font-weight:500;color:var(--soft);text-align:left;vertical-align:bottom;white-space:nowrap}
th,td{padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--line)}
tbody th{color:var(--ink);font-weight:500}
td.number,th.number{text-align:right;white-space:nowrap}
td small{display:inline-block;min-width:9.6em;text-align:left;margin-left:.35em;color:var(--soft);font-size:.86em;font-weight:400}
tr.main td,tr.main th{font-weight:650}
tbody tr:last-child>*{border-bottom:0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.4rem;margin:1.2rem 0;font-size:.94rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:30rem){.page{padding:0 1rem 4rem}figure{padding:.9rem .6rem .7rem}figure>*:not(svg){margin-left:.3rem;margin-right:.3rem}tbody th{white-space:normal;min-width:7.5rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}`;

const PAPER = `
@media print{
:root:root:root{color-scheme:light;${declarations({ ...LIGHT, paper: '#fff' })}}
body{font-size:10pt}
.contents,.switch,.skip,.save,figure>details{display:none}
.page{display:block;max-width:none;padding:0}
section{padding:1rem 0;break-inside:auto}
section+section{margin-top:1rem}
h2,h3{break-after:avoid}
.scroll{overflow:visible}
pre{max-height:none;white-space:pre-wrap}
.figures{grid-template-columns:1fr 1fr;gap:.8rem}.packed{columns:2}
tr{break-inside:avoid}}`;

/** The style sheet of a page; it names nothing outside of it. */
export const STYLE = `${THEMES}${BASE}${FRAME}${CONTENT}${PAPER}`.replaceAll('\n', '');
