// The vocabulary of examples that are images: their shape and the directions in which they can be moved.
// Plain names, because options and specs hold them; src/techniques/image-tangents.ts computes.

/** How a row of features is an image: f32[channels, height, width], row-major. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Transformations whose tangent vectors are built in, in the order of the paper. */
export const TANGENT_KINDS = [
  'translateX',
  'translateY',
  'rotation',
  'scaling',
  'hyperbolicParallel',
  'hyperbolicDiagonal',
  'thickness',
] as const;

export type TangentKind = (typeof TANGENT_KINDS)[number];

/** Features of an image: channels × height × width. */
export function imageFeatures({ channels, height, width }: ImageShape): number {
  return channels * height * width;
}
