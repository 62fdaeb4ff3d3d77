// A page as one file: its sections with a list of them, its look and the little it does. It asks no network for anything,
// and its policy forbids it to.

import { createHash } from 'node:crypto';
import { html, jsonText, type Markup, raw } from './markup.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

export interface PageSection {
  /** Of its address within the page. */
  readonly id: string;
  readonly title: string;
  /** Without its heading. */
  readonly content: Markup;
}

export interface PageOptions {
  /** Of the window. */
  readonly title: string;
  /** Beside the switch at the top. */
  readonly head: Markup;
  readonly sections: readonly PageSection[];
  /** Before the first section, without a place in the contents. */
  readonly opening?: Markup;
  /** Everything as JSON, in an element with the id `data`. */
  readonly data?: unknown;
  /** A script of its own beside the page's. */
  readonly script?: string;
  /** What its policy allows beside: `connect-src 'self'`. @default nothing */
  readonly allowed?: string;
  /** What its policy allows scripts beside: `'wasm-unsafe-eval'`. @default nothing */
  readonly scriptsMay?: string;
}

/** The whole document. */
export function htmlPage(page: PageOptions): string {
  const { sections, script = '', data, allowed = '', scriptsMay } = page;
  const scripts = script === '' ? [SCRIPT] : [SCRIPT, script];
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    `script-src ${[...scripts.map(hashOf), scriptsMay ?? []].flat().join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(allowed === '' ? [] : [allowed]),
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="page">
<header class="top"><div>${page.head}</div>${themeSwitch()}</header>
${contentsOf(sections)}
<main id="main" tabindex="-1">
${page.opening ?? null}
${sections.map(sectionMarkup)}
</main>
</div>
${data === undefined ? null : html`<script type="application/json" id="data">${raw(jsonText(data))}</script>`}
${scripts.map((text) => html`<script>${raw(text)}</script>`)}
</body>
</html>
`.markup;
}

function hashOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

function themeSwitch(): Markup {
  const buttons = ['auto', 'light', 'dark'].map(
    (theme) =>
      html`<button type="button" value="${theme}" aria-pressed="${String(theme === 'auto')}">${theme[0]!.toUpperCase() + theme.slice(1)}</button>`,
  );
  return html`<div class="switch" role="group" aria-label="Colours" hidden>${buttons}</div>`;
}

function contentsOf(sections: readonly PageSection[]): Markup | null {
  if (sections.length < 2) return null;
  const items = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<details class="contents" open><summary>Contents</summary><nav aria-label="Contents"><ol>${items}</ol></nav></details>`;
}

function sectionMarkup({ id, title, content }: PageSection): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>\n`;
}
