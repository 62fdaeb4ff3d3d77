// The API as Markdown, written to docs/api for the site: one page for each thing that a door of the package exports.
import { readFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const doors = Object.values(exports).filter((door) => door.types !== undefined);

export default {
  name: 'API',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  entryPoints: doors.map((door) => door.types.replace('./dist/', '../').replace('.d.ts', '.ts')),
  tsconfig: '../tsconfig.json',
  out: 'api',
  docsRoot: '.',
  readme: 'none',
  disableSources: true,
  githubPages: false,
  excludeInternal: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
};
