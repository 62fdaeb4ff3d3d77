// Hidden layers and the size of images as a user writes them, as objects or in a few words, and as the plain
// data of a member's spec. The options' names are in options.ts; whether layers fit is decided in network.ts.

import { failOption } from '../../errors.js';
import type { ImageShape } from '../image.js';
import { ACTIVATIONS } from '../layer-kind.js';
import type { Activation, ImageOption, LayerOption, LayerSpec } from '../layer-types.js';
import { EXAMPLES, fieldsOfWords, hasUnits, type LayerObject, resolveLayer } from '../layers.js';

export function resolveImage(image: ImageOption | undefined): ImageShape | null {
  if (image === undefined) return null;
  const [channels, height, width] = imageSizes(image)!;
  return { channels, height, width };
}

/** Channels, height and width, or null where it says no such thing. */
export function imageSizes(image: ImageOption): readonly [number, number, number] | null {
  const sizes = typeof image === 'string' ? image.split(/[x×]/).map(Number) : image;
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1)) return null;
  const [a, b, c] = sizes;
  if (sizes.length === 2) return [1, a!, b!];
  return sizes.length === 3 ? [a!, b!, c!] : null;
}

/** The hidden layers: `layers`, then a dense one for each of `hidden`; they have the default activation unless they name one. */
export function resolveLayers(
  layers: readonly LayerOption[],
  hidden: readonly number[],
  defaultActivation: Activation,
): readonly LayerSpec[] {
  return [
    ...layers.flatMap(parseLayers).map((layer) => resolveLayer(layer, defaultActivation)),
    ...hidden.map((units) => ({ kind: 'dense', units, activation: defaultActivation }) as const),
  ];
}

/** Units of the dense hidden layers where nothing is said of any layer. */
const DEFAULT_HIDDEN = [64];

/** What a user says of hidden layers. */
export interface HiddenOptions {
  readonly hidden?: readonly number[] | undefined;
  readonly layers?: readonly LayerOption[] | undefined;
}

/** Units of the dense layers that come last. */
export function hiddenUnits({ hidden, layers }: HiddenOptions): readonly number[] {
  return hidden ?? (layers === undefined ? DEFAULT_HIDDEN : []);
}

/** Whether any layer takes the default activation, having none of its own. */
export function usesActivation(own: HiddenOptions): boolean {
  const layers = (own.layers ?? []).flatMap(parseLayers);
  return hiddenUnits(own).length > 0 || layers.some((layer) => lacksActivation(layer));
}

function lacksActivation(layer: LayerObject): boolean {
  return hasUnits(layer) && !('activation' in layer && layer.activation !== undefined);
}

/** @throws ERR_OPTION for a random subspace of an image, whose pixels would no longer be neighbours. */
export function requireWholeImage(image: ImageShape | null, featureShare: number): void {
  if (image !== null && featureShare !== 1)
    failOption('featureShare', '1 when `image` is given', featureShare);
}

function parseLayers(layer: LayerOption): LayerObject[] {
  if (typeof layer !== 'string') return [layer];
  return layer.split(',').map((text) => {
    return readWords(text) ?? failOption('layers', `layers such as ${EXAMPLES}`, text);
  });
}

/** The layer a text describes, or null. */
export function readWords(text: string): LayerObject | null {
  const layer = fieldsOfWords(text.trim().replace(/\s+/g, ' '));
  return layer !== null && isInRange(layer) ? layer : null;
}

/** The form of the words leaves numbers of 0 and beyond all bounds, and activations that there are not. */
function isInRange(layer: object): layer is LayerObject {
  const numbers = Object.values(layer)
    .flat()
    .filter((value) => typeof value === 'number');
  if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 1)) return false;
  const own = 'activation' in layer ? layer.activation : undefined;
  return own === undefined || (ACTIVATIONS as readonly unknown[]).includes(own);
}
