// The schemas of hidden layers and of the size of images, as a user writes them. What they become is in
// layer-options.ts.

import type { z as zod } from 'zod';
import type { Zod } from './field.js';
import { ACTIVATIONS, EXAMPLES, imageSizes, type LayerObject, readWords } from './layer-options.js';
import type { LayerOption } from './layer-words.js';

function layerSchema(z: Zod) {
  const count = z.int().min(1);
  /** One number for both axes, or height and width. */
  const extent = z.union([count, z.tuple([count, count])]);
  const activation = z.enum(ACTIVATIONS).optional();
  const layer = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('dense'), units: count, activation }),
    z.strictObject({
      kind: z.literal('conv2d'),
      filters: count,
      kernel: extent,
      stride: extent.optional(),
      padding: z.enum(['valid', 'same']).optional(),
      activation,
    }),
    z.strictObject({ kind: z.enum(['maxPool', 'averagePool']), size: extent, stride: extent.optional() }),
  ]);
  return layer satisfies zod.ZodType<LayerObject>;
}

export function layersSchema(z: Zod) {
  const schema = layerSchema(z);
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
  if (path.length === 0)
    return `a layer of kind dense, conv2d, maxPool or averagePool with its own fields only`;
  return `a layer with a valid \`${path.join('.')}\` (${message})`;
}
