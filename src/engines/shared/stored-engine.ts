// What a saved ensemble's reader asks of an engine: what its members' specs and weights must look like, and what of them counts
// in a hash. Part of an engine's definition, and apart from it because whoever opens a file trains nothing.

import type { Task } from '../../data/dataset/dataset.js';
import type { MemberSpec } from '../../model/spec.js';
import type { SpecParts } from '../../model/spec-schema.js';
import type * as z from '../../zod.js';

export interface StoredEngine<Spec extends MemberSpec = MemberSpec> {
  /** As the option `engine`, specs and messages call it. */
  readonly name: Spec['engine'];
  /** Every field of the spec and no other, in range, from parts that engines share. */
  specSchema(parts: SpecParts): SpecSchema<Spec>;
  /** What contradicts itself, or the data, in a spec of such fields: "layers do not fit each other"; else null. */
  contradiction(spec: Spec, features: number, task: Task): string | null;
  /** What contradicts the spec in a trained member: "has 2 rows for 3 neighbours"; else null. @default nothing can */
  memberContradiction?(spec: Spec, inBagRows: number): string | null;
  /** What of the spec counts in the content hash; a module by its content, wherever it lies. */
  hashed(spec: Spec): object;
  /** Whether a trained member has a stored model beside its weights. */
  readonly storesModel: boolean;
  /**
   * Length of a trained member's weights; null where only the trained model knows.
   * @param inBagRows distinct rows in bag.
   */
  weightsLength(spec: Spec, features: number, task: Task, inBagRows: number): number | null;
}

/** Checks a spec that came from a file. */
export type SpecSchema<Spec> = z.ZodObject<z.ZodRawShape> & z.ZodType<Spec>;
