// The register tiles of the kernels, written out for every height: sums of up to 12 vectors, which V8 keeps in registers
// only in functions of their own, and only where additions and stores stand in an order that suits it.

const HEAD =
  'Written by `node dist/scripts/operation-code.js` from scripts/support/tile-code.ts: change it there.';

/** Tiles that differ in height only. */
interface Family {
  readonly name: string;
  readonly about: string;
  readonly heights: readonly number[];
  readonly params: string;
  /**
   * A line that begins with * is repeated for each row of the tile, # being its number and {32} 32 times that; one that
   * begins with - likewise, the last row first. HEIGHT is the tile's.
   *
   * V8 11 takes a loop's additions in the order of the stores behind it; in the opposite one where sums are computed with
   * before they are stored, or where the loop lies in another, so that it unrolls it. Where that is not the order of the
   * source it spills sums, at half the speed: hence * and - before stores. V8 13 keeps the order of the source.
   */
  readonly body: string;
}

const TO_6 = [6, 5, 4, 3, 2, 1];
/** HIGHEST_TILE of fused and of strict arithmetic. */
const HIGHEST = [6, 5];

const FORWARD: Family = {
  name: 'forwardTile',
  about: 'units × 8 examples; w at the first unit, weights of the next input a stride on',
  heights: TO_6,
  params: 'x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32',
  body: `
    * let a# = splatAt(bias + {4}), b# = a#;
    for (; inputs > 0; inputs--) {
      const u = v128.load(x), v = v128.load(x + 16);
      * const s# = splatAt(w + {4}); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
      x += 32; w += stride;
    }
    const slopes = splat(slope);
    - storeLeaky(out + {32}, a#, b#, slopes);`,
};

const WIDE: Family = {
  name: 'wideTile',
  about: 'panels of 8 examples × one unit: sums enough to hide the latency that one pair would wait for',
  heights: [4],
  params:
    'x: usize, xs: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32',
  body: `
    * let x# = x + # * xs, a# = splatAt(bias), b# = a#;
    for (; inputs > 0; inputs--) {
      const s = splatAt(w);
      * a# = madd(s, v128.load(x#), a#); b# = madd(s, v128.load(x# + 16), b#); x# += 32;
      w += stride;
    }
    const slopes = splat(slope);
    - storeLeaky(out + # * os, a#, b#, slopes);`,
};

const ROW: Family = {
  name: 'rowTile',
  about: '× 4 units for the example in lane 0; w at the first unit, weights of the next input a stride on',
  heights: [8, 7, 6, 5, 4, 3, 2, 1],
  params: 'x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32',
  body: `
    * let a# = v128.load(bias + {16});
    for (; inputs > 0; inputs--) {
      const u = splatAt(x);
      * a# = madd(v128.load(w + {16}), u, a#);
      x += 32; w += stride;
    }
    const slopes = splat(slope);
    - storeLane0(out + {128}, a#, slopes);`,
};

const INPUT: Family = {
  name: 'inputTile',
  about: 'inputs × 8 examples; w at the first unit of the first input, rows of weights a stride apart',
  heights: TO_6,
  params: 'dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize',
  body: `
    * let a# = zero(), b# = zero();
    if (resume) {
      * a# = v128.load(dx + {32}); b# = v128.load(dx + {32} + 16);
    }
    for (; units > 0; units--) {
      const u = v128.load(dz), v = v128.load(dz + 16);
      * const s# = splatAt(w + # * stride); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
      dz += 32; w += 4;
    }
    * storePair(dx + {32}, a#, b#);`,
};

/** With the stride a constant, one pointer walks along all rows of weights. */
function inputTileOfWidth(width: number): Family {
  return {
    ...INPUT,
    name: `inputTileOf${width}`,
    heights: HIGHEST,
    params: INPUT.params.replace(' stride: usize,', ''),
    body: INPUT.body.replace('stride', String(4 * width)),
  };
}

/** A loop over panels around a loop of 8 examples would halve the speed on Node.js 20. */
const NEXT_EXAMPLE = 'examples--; x += examples & 7 ? 4 : xs - 28;';

const WEIGHT: Family = {
  name: 'weightTile',
  about: 'inputs × 8 units over a multiple of 8 examples',
  heights: TO_6,
  params: 'x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize',
  body: `
    * let a# = zero(), b# = zero();
    while (examples > 0) {
      const u = v128.load(packed), v = v128.load(packed + 16);
      * const s# = splatAt(x + {32}); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
      packed += 32; ${NEXT_EXAMPLE}
    }
    * storePair(out, a#, b#); out += stride;`,
};

const NARROW: Family = {
  ...WEIGHT,
  name: 'narrowTile',
  about: 'inputs × 4 units, the last of a panel when its width is no multiple of 8',
  body: `
    * let a# = zero();
    while (examples > 0) {
      const u = v128.load(packed);
      * a# = madd(splatAt(x + {32}), u, a#);
      packed += 16; ${NEXT_EXAMPLE}
    }
    * v128.store(out, a#); out += stride;`,
};

const PACKED: Family = {
  name: 'packedTile',
  about: 'inputs × 8 units, the inputs repacked by packRows, so that no panel ends',
  heights: HIGHEST,
  params: 'x: usize, examples: i32, packed: usize, out: usize, stride: usize',
  body: `
    * let a# = zero(), b# = zero();
    for (; examples > 0; examples--) {
      const u = v128.load(packed), v = v128.load(packed + 16);
      * const s# = splatAt(x + {4}); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
      packed += 32; x += 32;
    }
    * storePair(out, a#, b#); out += stride;`,
};

const COLUMN: Family = {
  name: 'columnTile',
  about: '× 4 inputs × one unit: every lane is a sum over the batch, and none waits for its own additions',
  heights: [4, 2, 1],
  params: 'x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize',
  body: `
    * let a# = zero();
    for (; panels > 0; panels--, x += xs, dz += zs) {
      for (let half: usize = 0; half < 32; half += 16) {
        const from = x + half, by = dz + half;
        * a# = addBlock(from + {128}, by, a#);
      }
    }
    - storeColumn(out + {64}, a#);`,
};

const EACH_WINDOW = `let corners = cornersOf(g);
    for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4`;

const CONVOLVE: Family = {
  name: 'convolveTile',
  about: 'filters × 8 examples at every window; rows of the output are filters',
  heights: TO_6,
  params:
    'x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32',
  body: `
    const slopes = splat(slope);
    const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
    ${EACH_WINDOW}, out += 32) {
      const from = x + load<u32>(corners);
      * let a# = splatAt(bias + {4}), b# = a#;
      let weight = w;
      for (let tap = taps; tap < tapsEnd; tap += 4) {
        const at = from + load<u32>(tap);
        const u = v128.load(at), v = v128.load(at + 16);
        * const s# = splatAt(weight + {4}); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
        weight += stride;
      }
      let to = out + (HEIGHT - 1) * outStride;
      - storeLeaky(to, a#, b#, slopes); to -= outStride;
    }`,
};

const CONVOLVE_INPUT: Family = {
  name: 'convolveInputTile',
  about:
    'taps × 8 examples at every window; `tap` lists their offsets, packed[filters][height] their weights',
  heights: TO_6,
  params: 'dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize',
  body: `
    const rowBytes = <usize>windowCount(g) << 5;
    * const t# = image + load<u32>(tap + {4});
    ${EACH_WINDOW}, dz += 32) {
      const corner = load<u32>(corners);
      * let a# = v128.load(t# + corner), b# = v128.load(t# + corner + 16);
      let row = dz, weight = packed;
      for (let f = filters; f > 0; f--) {
        const u = v128.load(row), v = v128.load(row + 16);
        * const s# = splatAt(weight + {4}); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
        row += rowBytes; weight += HEIGHT << 2;
      }
      - storePair(t# + corner, a#, b#);
    }`,
};

const CONVOLVE_WEIGHT: Family = {
  name: 'convolveWeightTile',
  about: 'taps × 2 filters over all windows of a panel, added to their octets at `out`, taps a stride apart',
  heights: [3, 2, 1],
  params: 'x: usize, tap: usize, g: Windows, f0: usize, f1: usize, out: usize, stride: usize',
  body: `
    * const x# = x + load<u32>(tap + {4}), o# = out + # * stride;
    * let a# = v128.load(o#), b# = v128.load(o# + 32), c# = v128.load(o# + 16), d# = v128.load(o# + 48);
    ${EACH_WINDOW}, f0 += 32, f1 += 32) {
      const corner = load<u32>(corners);
      const u = v128.load(f0), v = v128.load(f1);
      * const s# = v128.load(x# + corner); a# = madd(s#, u, a#); b# = madd(s#, v, b#);
      const y = v128.load(f0 + 16), z = v128.load(f1 + 16);
      * const r# = v128.load(x# + corner + 16); c# = madd(r#, y, c#); d# = madd(r#, z, d#);
    }
    * v128.store(o#, a#); v128.store(o# + 32, b#);
    * v128.store(o# + 16, c#); v128.store(o# + 48, d#);`,
};

const FOLDER = 'src/kernels/assembly/';

const FILES = {
  'dense-tiles': {
    imports: `import { storeLane0, storeLeaky, storePair } from './tile-parts';
import { madd, splat, splatAt, zero } from './vector';`,
    families: [FORWARD, WIDE, ROW, INPUT, inputTileOfWidth(96), inputTileOfWidth(64)],
  },
  'weight-tiles': {
    imports: `import { addBlock, storeColumn, storePair } from './tile-parts';
import { madd, splatAt, zero } from './vector';`,
    families: [WEIGHT, NARROW, PACKED, COLUMN],
  },
  'window-tiles': {
    imports: `import { storeLeaky, storePair } from './tile-parts';
import { madd, splat, splatAt } from './vector';
import { Windows, cornersOf, tapCount, tapsOf, windowCount } from './windows';`,
    families: [CONVOLVE, CONVOLVE_INPUT, CONVOLVE_WEIGHT],
  },
};

/** Files by their path in the project. */
export function tileCode(): Readonly<Record<string, string>> {
  const files = Object.entries(FILES).map(([name, { imports, families }]) => {
    return [`${FOLDER}${name}.ts`, `// ${HEAD}\n${imports}\n${families.map(tiles).join('')}`];
  });
  return { ...Object.fromEntries(files), [`${FOLDER}tile-of-height.ts`]: choices() };
}

function tiles({ name, about, heights, params, body }: Family): string {
  const written = heights.map((height) => {
    const lines = body.split('\n').map((line) => forHeight(line, height));
    return `export function ${name}${height}(${params}): void {${lines.join('\n')}\n}\n`;
  });
  return `\n// ${name}: height ${about}.\n\n${written.join('\n')}`;
}

/** A line of a body, for all rows of a tile. */
function forHeight(line: string, height: number): string {
  const own = line.replace(/^ {4}/, '  ').replaceAll('HEIGHT', String(height));
  const mark = own.trimStart()[0];
  if (mark !== '*' && mark !== '-') return own;
  const rows = Array.from({ length: height }, (_, row) =>
    own
      .replace(/^ *[*-] */, '')
      .replaceAll(/\{(\d+)\}/g, (_, bytes) => String(Number(bytes) * row))
      .replaceAll('#', String(row)),
  );
  return own.replace(/[*-].*/, (mark === '*' ? rows : rows.reverse()).join(' '));
}

/** For each family a function that calls its tile of a height. */
function choices(): string {
  const parts = Object.entries(FILES).map(([file, { families }]) => {
    const names = families.flatMap(({ name, heights }) => heights.map((height) => `${name}${height}`));
    return {
      imported: `import {\n  ${names.join(', ')},\n} from './${file}';\n`,
      code: families.map(choice).join(''),
    };
  });
  const imports = `${parts.map(({ imported }) => imported).join('')}import { Windows } from './windows';\n`;
  return `// ${HEAD}\n${imports}${parts.map(({ code }) => code).join('')}`;
}

function choice({ name, heights, params }: Family): string {
  const args = params.replaceAll(/: \w+/g, '');
  const calls = heights.map((height) => `case ${height}: return ${name}${height}(${args});`);
  return `
// @ts-ignore: decorator
@inline
export function ${name}(height: i32, ${params}): void {
  switch (height) {
    ${calls.join('\n    ')}
  }
}
`;
}
