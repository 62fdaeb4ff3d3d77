// The site, made from the same files that GitHub shows. A folder's index.md lists its pages in order, and the sidebar
// is that list. A link that leads nowhere fails the build; test/docs/links.test.ts checks the anchors too.

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';

const read = (page: string) => readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');

/** What a folder's index lists: `- [text](page.md): …`. */
function pagesOf(folder: string): DefaultTheme.SidebarItem[] {
  const links = read(`${folder}/index.md`).matchAll(/^- \[([^\]]+)\]\(([\w-]+)\.md\)/gm);
  return [...links].map(([, text = '', page = '']) => ({ text, link: `/${folder}/${page}` }));
}

const section = (text: string, folder: string): DefaultTheme.SidebarItem => ({
  text,
  link: `/${folder}/`,
  collapsed: false,
  items: pagesOf(folder),
});

/** What typedoc wrote: a list of each kind of export. */
const API = new URL('../api/typedoc-sidebar.json', import.meta.url);
const api: DefaultTheme.SidebarItem[] = existsSync(API) ? JSON.parse(readFileSync(API, 'utf8')) : [];

/** The anchors of GitHub, so that one link serves both. */
const anchor = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');

const REPOSITORY = JSON.parse(read('../package.json')).repository.url.replace(/^git\+|\.git$/g, '');

export default defineConfig({
  title: 'tutti',
  description:
    'Ensembles of neural networks on every core of a Node.js machine, and what averaging them bought',
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  /** The playground is a page already, which the build of the package writes. */
  buildEnd({ outDir }) {
    cpSync(fileURLToPath(new URL('../playground', import.meta.url)), join(outDir, 'playground'), {
      recursive: true,
    });
  },
  markdown: { anchor: { slugify: anchor } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/' },
      { text: 'Techniques', link: '/techniques/' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
    ],
    sidebar: [
      section('Guide', 'guide'),
      section('Techniques', 'techniques'),
      section('Reference', 'reference'),
      { text: 'Every export', link: '/api/', collapsed: true, items: api },
      {
        text: 'How it is built',
        items: [
          { text: 'Reliability', link: '/RELIABILITY' },
          { text: 'Scaling', link: '/SCALING' },
          { text: 'Security', link: '/SECURITY' },
          { text: 'Architecture', link: '/ARCHITECTURE' },
          { text: 'Arithmetic', link: '/ARITHMETIC' },
          { text: 'Glossary', link: '/GLOSSARY' },
        ],
      },
    ],
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
  },
});
