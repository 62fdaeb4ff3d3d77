// Values of a graph as the interpreter has them, and what an operator is to it.

export type Cell = number | string;

/** Cells row-major; whole numbers and truth values are numbers too. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly cells: readonly Cell[];
  /** Of numbers in single precision. */
  readonly single: boolean;
}

export function tensorOf(dims: readonly number[], cells: readonly Cell[], single = true): Tensor {
  return { dims, cells, single };
}

export type Attribute = number | string | readonly number[] | readonly string[];

export type Run = (
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, Attribute>>,
  outputs: number,
) => Tensor[];
