// Masks of units that submodels keep: as many for each, and by their scale more or fewer in common.

import type { RandomStream } from '../math/random.js';

/** Numbers of a submodel's row of a table of factors: whole vectors. */
export function tableWidth(rows: number): number {
  return Math.ceil(rows / 4) * 4;
}

/** Draws of masks until their union is of the wanted size; the nearest is taken then. */
const DRAWS = 200;

/**
 * Units that each mask keeps, of `units` in all: m with m·s·(1 − (1 − 1/s)ᵏ) = units, the expected union of k sets of m among
 * m·s. At a scale of 1 all masks are the same, the larger it is the less they have in common.
 * **Source:** Durasov, Bagautdinov, Baqué, Fua (2021), Masksembles for uncertainty estimation, eq. 4.
 */
export function keptOfMasks(units: number, submodels: number, scale: number): number {
  const covered = scale * (1 - (1 - 1 / scale) ** submodels);
  return Math.min(units, Math.max(1, Math.round(units / covered)));
}

/**
 * Draws the masks, 1 for a unit that is kept and 0 for others: sets of m among m·s places, of which those that no mask takes
 * are dropped, until `units` are left.
 * @param table f32[submodels][tableWidth(units)], zeros, written.
 */
export function submodelMasks(
  table: Float32Array,
  units: number,
  submodels: number,
  scale: number,
  random: RandomStream,
): void {
  const kept = keptOfMasks(units, submodels, scale);
  const places = Math.max(kept, Math.round(kept * scale));
  let best: Uint8Array[] = [];
  let bestUnion: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const masks = Array.from({ length: submodels }, () => drawMask(places, kept, random));
    const union = Array.from({ length: places }, (_, place) => place).filter((place) =>
      masks.some((mask) => mask[place] === 1),
    );
    if (draw === 0 || Math.abs(union.length - units) < Math.abs(bestUnion.length - units)) {
      best = masks;
      bestUnion = union;
    }
    if (bestUnion.length === units) break;
  }
  const width = tableWidth(units);
  for (let unit = 0; unit < units; unit++) {
    const place = bestUnion[unit];
    for (let submodel = 0; submodel < submodels; submodel++) {
      // A unit that the nearest draw lacks goes to one of them.
      const isKept = place === undefined ? unit % submodels === submodel : best[submodel]![place] === 1;
      table[submodel * width + unit] = isKept ? 1 : 0;
    }
  }
}

/** `kept` of `places`, each set as likely. */
function drawMask(places: number, kept: number, random: RandomStream): Uint8Array {
  const order = Array.from({ length: places }, (_, place) => place);
  const mask = new Uint8Array(places);
  for (let taken = 0; taken < kept; taken++) {
    const at = taken + Math.floor(random.uniform() * (places - taken));
    [order[taken], order[at]] = [order[at]!, order[taken]!];
    mask[order[taken]!] = 1;
  }
  return mask;
}
