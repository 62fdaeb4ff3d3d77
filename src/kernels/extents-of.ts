// What the extents of operations are made of; extents.ts has them.

import type { WindowGeometry } from '../model/windows.js';
import type { OPERATIONS, OperationName } from './operations.js';
import { roundUp4 } from './weight-layout.js';

/** Is told, for each argument that is the address of an array, what is read or written there. */
export interface Touched {
  reads(argument: string, address: number, bytes: number): void;
  writes(argument: string, address: number, bytes: number): void;
  /** Weights that an update is applied to, and what it reaches from them. @param argument `w` unless it says otherwise. */
  updates(address: number, bytes: number, update: number, argument?: string): void;
}

type ValuesOf<Args extends readonly (readonly [string, string])[]> = {
  readonly [At in keyof Args]: Args[At][1] extends 'windows' ? WindowGeometry : number;
};

/** Takes an operation's arguments in the order of the table, a geometry in place of the address of its record. */
export type ExtentsOf<N extends OperationName> = (
  t: Touched,
  ...values: ValuesOf<(typeof OPERATIONS)[N]['args']>
) => void;

/** Bytes of panels of `rows` rows each, `stride` bytes apart. */
export function block(panels: number, stride: number, rows: number): number {
  return panels === 0 ? 0 : (panels - 1) * stride + roundUp4(rows) * 32;
}
