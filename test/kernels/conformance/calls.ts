// What makes a random call of an operation.
import type { OperationName } from '../../../src/kernels/operations.js';
import type { Space } from './space.js';

/** Lays out what a call needs and returns its arguments, in the order of the table of operations. */
export type MakeCall = (space: Space) => readonly number[];

export type MakeCalls = Readonly<Partial<Record<OperationName, MakeCall>>>;
