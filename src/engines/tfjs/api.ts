// The part of @tensorflow/tfjs-node that tutti uses, as types. The package is an optional peer that need not be
// installed, so its own declarations cannot be imported.

/** A tensor; disposed by hand or at the end of the scope it was made in. */
export interface Tensor {
  readonly shape: number[];
  readonly size: number;
  /** Identity of the values, which several tensors may share. */
  readonly dataId: object;
  readonly isDisposed: boolean;
  dataSync(): Float32Array;
  dispose(): void;
}

export interface Variable extends Tensor {
  readonly name: string;
}

/** A weight of a layer. */
export interface LayerVariable {
  readonly name: string;
  readonly shape: (number | null)[];
  /** Projects the weight after every write, or null. */
  readonly constraint: unknown;
  /** The variable itself, not a copy. */
  read(): Tensor;
  /** Takes the values of a tensor, projected by the constraint. */
  write(value: Tensor): unknown;
}

/** An input or output of a layer; the batch comes first and is null when any size will do. */
export interface SymbolicTensor {
  readonly shape: (number | null)[];
  readonly sourceLayer: Layer;
}

export interface Layer {
  readonly name: string;
  readonly stateful: boolean;
  readonly weights: LayerVariable[];
  activation?: { getClassName(): string };
  getClassName(): string;
  getConfig(): Record<string, unknown>;
  setWeights(weights: Tensor[]): void;
  call(inputs: Tensor | Tensor[], settings: object): Tensor | Tensor[];
}

/** A model made of layers, with one or more inputs and outputs. */
export interface LayersModel {
  readonly layers: Layer[];
  readonly inputs: SymbolicTensor[];
  readonly outputs: SymbolicTensor[];
  /** The trainable ones first. */
  readonly weights: LayerVariable[];
  readonly trainableWeights: LayerVariable[];
  readonly nonTrainableWeights: LayerVariable[];
  readonly stateful: boolean;
  getClassName(): string;
  apply(inputs: Tensor, settings?: { training: boolean }): Tensor | Tensor[];
  predict(inputs: Tensor): Tensor | Tensor[];
  /** Regularization losses of the layers. */
  calculateLosses(): Tensor[];
  setWeights(weights: Tensor[]): void;
  toJSON(unused: null, returnString: false): object;
  save(url: string): Promise<unknown>;
  dispose(): unknown;
}

/** Makers of layers by name; every one takes its options as plain data. */
export type LayerMakers = Readonly<Record<string, (options?: object) => Layer & { apply: ApplyLayer }>>;
export type ApplyLayer = (input: unknown) => SymbolicTensor;

/** The module itself, as far as tutti uses it. */
export interface TensorFlow {
  readonly LayersModel: new (...options: never[]) => LayersModel;
  readonly layers: LayerMakers;
  readonly models: { modelFromJSON(topology: object): Promise<LayersModel> };
  readonly version: Readonly<Record<string, string>>;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  scalar(value: number): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sequential(options: { readonly layers: readonly Layer[] }): LayersModel;
  model(options: { readonly inputs: unknown; readonly outputs: unknown }): LayersModel;
  input(options: { readonly shape: readonly number[] }): SymbolicTensor;
  tidy<T>(run: () => T): T;
  keep(tensor: Tensor): Tensor;
  customGrad(
    run: (input: Tensor) => { value: Tensor; gradFunc: (dy: Tensor) => Tensor },
  ): (input: Tensor) => Tensor;
  variableGrads(
    loss: () => Tensor,
    variables: readonly Tensor[],
  ): { readonly value: Tensor; readonly grads: Readonly<Record<string, Tensor | null>> };
  memory(): { readonly numTensors: number; readonly numBytes: number };
  engine(): {
    readonly state: {
      readonly activeScope: { readonly track: Tensor[] } | null;
      readonly registeredVariables: Readonly<Record<string, Variable>>;
    };
    startScope(): void;
    endScope(): void;
  };
  backend(): { readonly binding: NativeBinding };
}

/** The native addon. */
export interface NativeBinding {
  executeOp(name: string, attributes: readonly object[], inputs: readonly number[], outputs: number): unknown;
}
