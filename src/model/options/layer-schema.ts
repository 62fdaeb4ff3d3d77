// The schemas of hidden layers and of the size of images, as a user writes them. What they become is in
// layer-options.ts.

import type * as zod from '../../zod.js';
import type { LayerOption } from '../layer-types.js';
import { EXAMPLES, KIND_NAMES, type LayerObject, layerOptionSchema } from '../layers.js';
import type { Zod } from './field.js';
import { imageSizes, readWords } from './layer-options.js';

export function layersSchema(z: Zod) {
  const schema = layerOptionSchema(z) satisfies zod.ZodType<LayerObject>;
  return z.array(z.custom<LayerOption>()).superRefine((layers, context) => {
    for (const [index, layer] of layers.entries()) {
      const complaint = checkLayer(layer, schema);
      if (complaint !== null) context.addIssue({ code: 'custom', path: [index], message: complaint });
    }
  });
}

/** `8x8`, `3x32x32`, or the numbers: height and width, or channels, height and width. */
export function imageSchema(z: Zod) {
  return z.union([z.string(), z.array(z.int())]).superRefine((image, context) => {
    if (imageSizes(image) === null) {
      context.addIssue({
        code: 'custom',
        message: 'channels, height and width such as 1x28x28, or height and width',
      });
    }
  });
}

/** What a layer should have been, or null when it is one. */
function checkLayer(layer: unknown, schema: zod.ZodType<LayerObject>): string | null {
  if (typeof layer === 'string')
    return layer.split(',').every(readWords) ? null : `a layer such as ${EXAMPLES}`;
  const parsed = schema.safeParse(layer);
  if (parsed.success) return null;
  const { path, message } = parsed.error.issues[0]!;
  if (path.length === 0) return `a layer of kind ${KIND_NAMES} with its own fields only`;
  return `a layer with a valid \`${path.join('.')}\` (${message})`;
}
