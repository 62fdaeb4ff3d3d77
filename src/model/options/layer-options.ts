// Hidden layers and the size of images as a user writes them, as objects or in a few words, and as the plain
// data of a member's spec. The options' names are in options.ts; whether layers fit is decided in network.ts.

import { failOption } from '../../errors.js';
import type { ImageShape } from '../image.js';
import { ACTIVATIONS } from '../layer-kind.js';
import type { Activation, ImageOption, LayerOption, LayerSpec } from '../layer-types.js';
import { EXAMPLES, expandLayer, fieldsOfWords, hasUnits, type LayerObject, type Norm } from '../layers.js';

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

/** A hidden layer as it was written: options count these, and specs the layers that they stand for. */
export interface WrittenLayer {
  /** The first of its layers, from 0, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** That which dropout and the activity penalty are of. */
  readonly carrier: number;
  /** Whether it has units of its own, or hands on what is below. */
  readonly hasUnits: boolean;
}

/** Hidden layers, and how they were written. */
export interface ResolvedLayers {
  readonly layers: readonly LayerSpec[];
  readonly written: readonly WrittenLayer[];
}

/** The hidden layers: `layers`, then a dense one for each of `hidden`; they have the default activation unless they name one. */
export function resolveLayers(
  layers: readonly LayerOption[],
  hidden: readonly number[],
  defaultActivation: Activation,
  norm: Norm,
): ResolvedLayers {
  const objects = [
    ...layers.flatMap(parseLayers),
    ...hidden.map((units) => ({ kind: 'dense', units, activation: defaultActivation }) as const),
  ];
  const all: LayerSpec[] = [];
  const written: WrittenLayer[] = [];
  for (const layer of objects) {
    const { layers: own, carrier } = expandLayer(layer, defaultActivation, norm, all);
    const first = all.length;
    written.push({ first, count: own.length, carrier: first + carrier, hasUnits: hasUnits(layer) });
    all.push(...own);
  }
  return { layers: all, written };
}

/** Layers that stand for themselves. */
export function asWritten(layers: readonly LayerSpec[]): readonly WrittenLayer[] {
  return layers.map((layer, first) => ({ first, count: 1, carrier: first, hasUnits: hasUnits(layer) }));
}

/** Units of the dense hidden layers where nothing is said of any layer. */
const DEFAULT_HIDDEN = [128, 128, 128];

/** What a user says of hidden layers. */
export interface HiddenOptions {
  readonly hidden?: readonly number[] | undefined;
  readonly layers?: readonly LayerOption[] | undefined;
}

/** Units of the dense layers that come last. */
export function hiddenUnits({ hidden, layers }: HiddenOptions): readonly number[] {
  return hidden ?? (layers === undefined ? DEFAULT_HIDDEN : []);
}

/** Whether any hidden layer is dense, so that it can be normalised. */
export function hasDense(own: HiddenOptions): boolean {
  const layers = (own.layers ?? []).flatMap(parseLayers);
  return hiddenUnits(own).length > 0 || layers.some(({ kind }) => kind === 'dense');
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
