// Hidden layers and the size of images as a user writes them, as objects or in a few words, and as the plain
// data of a member's spec. The options' names are in options.ts; whether layers fit is decided in network.ts.

import { failOption } from '../../errors.js';
import type { ImageShape } from '../image.js';
import type { Activation, LayerSpec } from '../spec.js';
import type { Extent } from '../windows.js';
import type { ImageOption, LayerOption } from './layer-words.js';

export const ACTIVATIONS = ['relu', 'leakyRelu', 'tanh', 'sigmoid', 'gelu', 'softplus', 'linear'] as const;

export type LayerObject = Exclude<LayerOption, string>;

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
  return (layer.kind === 'dense' || layer.kind === 'conv2d') && layer.activation === undefined;
}

/** @throws ERR_OPTION for a random subspace of an image, whose pixels would no longer be neighbours. */
export function requireWholeImage(image: ImageShape | null, featureShare: number): void {
  if (image !== null && featureShare !== 1)
    failOption('featureShare', '1 when `image` is given', featureShare);
}

/** Layers that have units of their own: all but poolings, which hand on what is below them. */
export function hasUnits({ kind }: LayerSpec): boolean {
  return kind === 'dense' || kind === 'conv2d';
}

/** One layer in few words, as in messages and in `tutti inspect`. */
export function describeLayer(layer: LayerSpec): string {
  switch (layer.kind) {
    case 'dense':
      return `${layer.units} ${layer.activation}`;
    case 'conv2d': {
      const { filters, kernel, stride, padding, activation } = layer;
      const steps = stride[0] === 1 && stride[1] === 1 ? '' : ` stride ${stride.join('x')}`;
      return `conv ${filters}@${kernel.join('x')}${steps}${padding === 'same' ? ' same' : ''} ${activation}`;
    }
    case 'maxPool':
    case 'averagePool': {
      const { kind, size, stride } = layer;
      const steps = stride[0] === size[0] && stride[1] === size[1] ? '' : ` stride ${stride.join('x')}`;
      return `${kind === 'maxPool' ? 'maxpool' : 'avgpool'} ${size.join('x')}${steps}`;
    }
    default:
      return layer satisfies never;
  }
}

function resolveLayer(layer: LayerObject, defaultActivation: Activation): LayerSpec {
  const own = 'activation' in layer ? (layer.activation ?? defaultActivation) : defaultActivation;
  switch (layer.kind) {
    case 'dense':
      return { kind: 'dense', units: layer.units, activation: own };
    case 'conv2d': {
      const { kind, filters, padding = 'valid' } = layer;
      return {
        kind,
        filters,
        kernel: pair(layer.kernel),
        stride: pair(layer.stride ?? 1),
        padding,
        activation: own,
      };
    }
    case 'maxPool':
    case 'averagePool':
      return { kind: layer.kind, size: pair(layer.size), stride: pair(layer.stride ?? layer.size) };
    default:
      return layer satisfies never;
  }
}

function pair(extent: number | Extent): Extent {
  return typeof extent === 'number' ? [extent, extent] : [extent[0], extent[1]];
}

/** What layers look like in words. */
export const EXAMPLES = '`conv 8@3x3`, `maxpool 2`, `avgpool 2` or `dense 64`';

function parseLayers(layer: LayerOption): LayerObject[] {
  if (typeof layer !== 'string') return [layer];
  return layer.split(',').map((text) => {
    return readWords(text) ?? failOption('layers', `layers such as ${EXAMPLES}`, text);
  });
}

const SIZE = '(\\d+)(?:[x×](\\d+))?';
const STRIDE = `(?: stride ${SIZE})?`;
const CONVOLUTION = new RegExp(`^conv (\\d+)@${SIZE}${STRIDE}(?: (same|valid))?(?: (\\w+))?$`);
const POOL = new RegExp(`^(max|avg)pool ${SIZE}${STRIDE}$`);
const DENSE = /^dense (\d+)(?: (\w+))?$/;

/** The layer a text describes, or null. */
export function readWords(text: string): LayerObject | null {
  const layer = wordsToFields(text.trim().replace(/\s+/g, ' '));
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

function wordsToFields(text: string): object | null {
  const size = (height: string | undefined, width: string | undefined) =>
    height === undefined ? undefined : [Number(height), Number(width ?? height)];
  const convolution = CONVOLUTION.exec(text);
  if (convolution !== null) {
    const [, filters, height, width, strideY, strideX, padding, activation] = convolution;
    const stride = size(strideY, strideX);
    return {
      kind: 'conv2d',
      filters: Number(filters),
      kernel: size(height, width),
      stride,
      padding,
      activation,
    };
  }
  const pool = POOL.exec(text);
  if (pool !== null) {
    const [, kind, height, width, strideY, strideX] = pool;
    const stride = size(strideY, strideX);
    return { kind: kind === 'max' ? 'maxPool' : 'averagePool', size: size(height, width), stride };
  }
  const dense = DENSE.exec(text);
  return dense === null ? null : { kind: 'dense', units: Number(dense[1]), activation: dense[2] };
}
