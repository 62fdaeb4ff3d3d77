// Writes the conformity of an ensemble; see conformity.ts.

import type { Conformity } from '../conformal/conformity.js';
import { packArrays } from '../files/plain-data.js';
import { sortedPlain } from '../files/sorted-plain.js';

export function packConformity(conformity: Conformity): Uint8Array {
  return packArrays(sortedPlain(conformity), 'conformity');
}
