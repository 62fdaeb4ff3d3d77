// The options of nearest-neighbour members. What they become in a spec is src/engines/neighbours/resolve.ts's.

import { TANGENT_KINDS } from '../image.js';
import { field, NEIGHBOURS } from './field.js';

const ofNeighbours = { group: 'neighbours', by: NEIGHBOURS } as const;
const ofTangents = {
  ...ofNeighbours,
  when: {
    says: '`distance` is tangentOneSided or tangentTwoSided',
    holds: ({ distance }: { readonly distance: string }) => distance !== 'euclidean',
  },
} as const;

export const neighboursFields = {
  neighbours: field((z) => z.int().min(1), {
    ...ofNeighbours,
    says: 'how many of the nearest stored rows vote (neighbours engine)',
    default: 3,
    example: 5,
  }),
  distance: field((z) => z.enum(['euclidean', 'tangentOneSided', 'tangentTwoSided']), {
    ...ofNeighbours,
    spec: 'distance.kind',
    says: 'how near rows are; tangent distances let images move, and need `image` (neighbours engine)',
    default: 'euclidean',
    example: 'tangentTwoSided',
  }),
  votes: field((z) => z.enum(['equal', 'inverseDistance']), {
    ...ofNeighbours,
    says: 'how much each vote counts: alike, or by the inverse of the distance (neighbours engine)',
    default: 'equal',
    example: 'inverseDistance',
  }),
  voteSmoothing: field((z) => z.number().gt(0), {
    ...ofNeighbours,
    says: 'votes added in equal parts to all classes, so that no probability is 0 (neighbours engine, classes)',
    default: 1,
    example: 0.5,
  }),
  distanceTangents: field((z) => z.array(z.enum(TANGENT_KINDS)).min(1), {
    ...ofTangents,
    spec: 'distance.kinds',
    says: 'ways in which images may move without being farther apart (tangent distances)',
    default: TANGENT_KINDS,
    example: ['rotation', 'scaling'],
  }),
  // Wider than any image; the work grows with it.
  tangentSigma: field((z) => z.number().min(0).max(1000), {
    ...ofTangents,
    spec: 'distance.sigma',
    says: 'width of the Gaussian that smooths images for their tangents (tangent distances)',
    unit: 'pixels',
    default: 0.5,
    example: 0.9,
  }),
  tangentBorder: field((z) => z.enum(['zero', 'replicate']), {
    ...ofTangents,
    spec: 'distance.border',
    says: 'what surrounds an image: zeros, or its edge repeated (tangent distances)',
    default: 'zero',
    example: 'replicate',
  }),
  tangentStiffness: field((z) => z.number().min(0), {
    ...ofTangents,
    spec: 'distance.stiffness',
    says:
      'spring that holds moved images back, as a share of their squared tangents; 0: they move freely ' +
      '(tangent distances)',
    default: 0.01,
    example: 0,
  }),
};
