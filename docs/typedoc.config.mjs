// The API as Markdown, written to docs/api for the site: one page for each thing that a door of the package exports.
import { readFileSync } from 'node:fs';
import { Converter } from 'typedoc';

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const doors = Object.entries(exports).filter(([, door]) => door.types !== undefined);
const sources = new Map(
  doors.map(([path, { types }]) => [
    types.replace('./dist/', '').replace('.d.ts', ''),
    path.replace('.', 'tutti'),
  ]),
);

/** Calls each module what programs import it by. */
function nameDoors({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? [])
      module.name = sources.get(module.name) ?? sources.get(`${module.name}/index`) ?? module.name;
  });
}

export default {
  name: 'API',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameDoors],
  entryPoints: [...sources.keys()].map((source) => `../${source}.ts`),
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
