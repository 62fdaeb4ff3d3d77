// Every relative link of the documents leads to a file that is there, and its anchor to a heading of that file.
// Pages of the site link to nothing outside of docs/, because the site has nothing else.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders of docs/ that tools write: packages of the site, the site itself, and the generated API. */
const WRITTEN = /^docs\/(node_modules|\.vitepress|api)\//;

function documents(): string[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = inDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'data/README.md', ...pages.sort()].filter(
    (name) => !WRITTEN.test(name),
  );
}

/** The text without what is shown as code, where brackets are no links and # no heading. */
const prose = (file: string) =>
  readFileSync(join(ROOT, file), 'utf8')
    .replace(/^ {0,3}(```+)[^\n]*\n[\s\S]*?^ {0,3}\1 *$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => (code.includes('](') ? '' : code));

/** The anchor that GitHub, and the site, give a heading. */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');

function anchors(file: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(file).matchAll(/^#{1,6} (.*)$/gm)) {
    const anchor = anchorOf(heading);
    let number = 0;
    while (found.has(number === 0 ? anchor : `${anchor}-${number}`)) number++;
    found.add(number === 0 ? anchor : `${anchor}-${number}`);
  }
  return found;
}

const linksOf = (file: string) =>
  [...prose(file).matchAll(/\]\(([^)\s]+)[^)]*\)|(?:src|href)="([^"]+)"/g)]
    .map((link) => link[1] ?? link[2] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));

for (const file of documents()) {
  t.test(`the links of ${file} lead somewhere`, async (t) => {
    for (const link of linksOf(file)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
      if (!existsSync(join(ROOT, target)) || statSync(join(ROOT, target)).isDirectory()) {
        t.fail(`expected a file at ${link}`);
        continue;
      }
      if (anchor !== undefined) t.ok(anchors(target).has(anchor), `a heading for ${link}`);
      if (file.startsWith('docs/')) t.ok(target.startsWith('docs/'), `${link} is a page of the site`);
    }
  });
}

t.test('the documents name no file that is not there', async (t) => {
  for (const file of documents()) {
    for (const [path] of readFileSync(join(ROOT, file), 'utf8').matchAll(/\bdocs\/[\w./-]+\.(md|svg)\b/g)) {
      t.ok(existsSync(join(ROOT, path)), `${file} names ${path}`);
    }
  }
});

t.test('the index of a folder lists every page of it, which is the sidebar of the site', async (t) => {
  for (const folder of ['docs/guide', 'docs/techniques', 'docs/reference']) {
    const pages = readdirSync(join(ROOT, folder)).filter(
      (name) => name.endsWith('.md') && name !== 'index.md',
    );
    const index = readFileSync(join(ROOT, folder, 'index.md'), 'utf8');
    const listed = [...index.matchAll(/^- \[[^\]]+\]\(([\w-]+\.md)\)/gm)].map(([, page]) => page);
    t.same([...listed].sort(), pages.sort(), folder);
  }
});

t.test('no page has a tag outside of code, which the site would take for a component', async (t) => {
  for (const file of documents()) {
    const tags =
      prose(file)
        .replace(/^ {4}.*$/gm, '')
        .replace(/`[^`]*`/g, '')
        .match(/<\/?[a-z][^>\s]*>/gi) ?? [];
    t.same(tags, [], file);
  }
});
