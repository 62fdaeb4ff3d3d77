// The page for people: what is served, and a form to try it with. It asks nobody but its own server.

import { htmlPage } from '../report/page/document.js';
import { html, type Markup } from '../report/page/markup.js';
import { counted } from '../report/words.js';
import type { ModelFacts, ServedColumn } from './model-facts.js';
import type { FilledHandlerOptions } from './options.js';

/** No other page may show it. */
export const pagePolicy = "frame-ancestors 'none'";

export function pageOf(facts: ModelFacts, { base }: FilledHandlerOptions): string {
  const { name, members, classes, targets = [], columns, example, contentHash, limits } = facts;
  const outcome =
    classes === undefined
      ? `predict ${targets.join(', ')}`
      : `tell ${counted(classes.length, 'class', 'classes')} apart`;
  const rows = JSON.stringify([example], null, 2);
  return htmlPage({
    title: `${name}: tutti`,
    head: html`<strong>${name}</strong> · served by tutti`,
    opening: html`<h1>${name}</h1><p>${counted(members, 'member')} that ${outcome}. Content hash <code>${contentHash.slice(0, 12)}</code>.</p>`,
    sections: [
      { id: 'try', title: 'Try it', content: tryForm(rows, base) },
      { id: 'columns', title: 'Columns', content: columnsMarkup(columns, facts.features) },
      { id: 'ask', title: 'Ask it from a program', content: askMarkup(facts, base, limits.maxRows) },
    ],
    script: SCRIPT,
    allowed: "connect-src 'self'",
  });
}

function tryForm(rows: string, base: string): Markup {
  const lines = rows.split('\n');
  const height = Math.min(24, lines.length + 1);
  return html`<form id="form" data-path="${base}/predict"><p><label for="rows">Rows, as JSON</label></p>
<p><textarea id="rows" rows="${height}" cols="60" spellcheck="false" style="width:100%;font:0.9rem ui-monospace,monospace">${lines.map((line) => html`${line}\n`)}</textarea></p>
<p><button type="submit">Predict</button></p></form>
<pre id="answer" aria-live="polite"></pre>`;
}

function columnsMarkup(columns: readonly ServedColumn[] | null, features: number): Markup {
  if (columns === null) return html`<p>A row is a list of ${counted(features, 'number')}.</p>`;
  const rows = columns.map(
    ({ name, kind, example, mayBeMissing }) =>
      html`<tr><th scope="row">${name}</th><td>${kind}</td><td>${String(example)}</td><td>${mayBeMissing ? 'yes' : 'no'}</td></tr>`,
  );
  return html`<table><thead><tr><th scope="col">column</th><th scope="col">kind</th><th scope="col">example</th><th scope="col">may be missing</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function askMarkup({ example, coverage }: ModelFacts, base: string, maxRows: number): Markup {
  const body = JSON.stringify(example);
  const shown = body.length > 400 ? `${body.slice(0, 400)}…` : body;
  const sets = coverage ? html` <code>?coverage=0.9</code> adds intervals, or sets of classes;` : null;
  return html`<pre>curl -H 'Content-Type: application/json' -d '${shown}' http://…${base}/predict</pre>
<p>At most ${counted(maxRows, 'row')} in a request: one, a list, or CSV with <code>text/csv</code>.${sets} <code>?members</code> adds each member’s own predictions, <code>?uncertainty</code> where the uncertainty comes from.</p>
<p><a href="${base}/openapi.json">openapi.json</a> · <a href="${base}/model">model</a> · <a href="${base}/health">health</a></p>`;
}

const SCRIPT = `
const form = document.getElementById('form');
const answer = document.getElementById('answer');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  answer.textContent = '…';
  try {
    const response = await fetch(form.dataset.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: document.getElementById('rows').value,
    });
    const text = await response.text();
    answer.textContent = (response.ok ? '' : response.status + '\\n') + JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    answer.textContent = String(error);
  }
});
`;
