// A figure as a file of its own: an SVG that follows the theme of whoever shows it, and a PNG of it. The one module that
// loads @resvg/resvg-js, an optional peer.

import { TuttiError } from '../../errors.js';
import { DARK, declarations, LIGHT } from './theme.js';

/** Not a literal where it is imported, so that the compiler does not look for its types and no bundler for its addon. */
const PACKAGE: string = '@resvg/resvg-js';

/** Sharp on screens of two pixels to a point, and in print. */
const PIXELS_PER_UNIT = 3;

interface Resvg {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

/** A drawing with its colours in it and a ground of its own. */
export function svgFile(svg: string): string {
  const style = `<style>:root{${declarations(LIGHT)};color:var(--ink)}@media(prefers-color-scheme:dark){:root{${declarations(DARK)}}}</style>`;
  return svg.replace(/<title>/, `${style}<rect width="100%" height="100%" fill="var(--panel)"/><title>`);
}

/** What draws PNGs. @throws ERR_ENGINE_MISSING with what to install. */
export async function loadPngDrawer(): Promise<(svg: string) => Uint8Array> {
  const { Resvg } = await load();
  return (svg) => {
    const options = { fitTo: { mode: 'zoom', value: PIXELS_PER_UNIT }, font: { loadSystemFonts: true } };
    return new Resvg(plainColours(svg), options).render().asPng();
  };
}

async function load(): Promise<Resvg> {
  try {
    return (await import(/* webpackIgnore: true */ PACKAGE)) as Resvg;
  } catch (error) {
    const message = `PNG files need the package ${PACKAGE}: npm install ${PACKAGE}; SVG files need nothing`;
    throw new TuttiError('ERR_ENGINE_MISSING', message, { package: PACKAGE }, error);
  }
}

/** The light theme's colours for their variables, which resvg does not know. */
function plainColours(svg: string): string {
  const coloured = svg
    .replace(/var\(--([a-z0-9]+)\)/g, (whole, name: string) => LIGHT[name as keyof typeof LIGHT] ?? whole)
    .replaceAll('fill="currentColor"', `fill="${LIGHT.ink}"`)
    .replace('font-family="system-ui, sans-serif"', 'font-family="sans-serif"');
  return coloured.replace(/<title>/, `<rect width="100%" height="100%" fill="${LIGHT.panel}"/><title>`);
}
