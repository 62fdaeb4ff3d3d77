// What the page and its workers say to each other: plain data. A worker trains strands, or it is the one that measures; all
// of them run one script.

export type DatasetName = 'moons' | 'spirals' | 'iris' | 'digits';

/** All that determines an ensemble of the playground, to the byte. */
export interface Recipe {
  readonly dataset: DatasetName;
  /** k. */
  readonly members: number;
  /** Units of the one hidden layer. */
  readonly hidden: number;
  readonly epochs: number;
  /** Whether each member draws its rows anew with replacement, or all train on all rows. */
  readonly bootstrap: boolean;
  readonly seed: number;
}

/** A finished member on its way. */
export interface MemberMessage {
  readonly index: number;
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly history: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly learningRate: number;
  }[];
  readonly epoch: number;
  readonly inBagRows: number;
}

/** To a worker. `run` tells a training from those before it, which may still be heard of. */
export type Request =
  | { readonly kind: 'begin'; readonly run: number; readonly recipe: Recipe }
  | { readonly kind: 'train'; readonly run: number; readonly recipe: Recipe; readonly strand: number }
  | { readonly kind: 'measure'; readonly run: number; readonly member: MemberMessage }
  | { readonly kind: 'finish'; readonly run: number }
  | { readonly kind: 'save'; readonly run: number };

/** What is known before the first member is there. */
export interface Beginning {
  /** Strands to train, by their keys. */
  readonly strands: readonly number[];
  /** What is trained on. */
  readonly rows: ClassArrays;
  readonly arithmetic: string;
  /** Of data in a plane: its training rows, and the square that is drawn. */
  readonly plane: Plane | null;
}

/** Rows with classes, as `Dataset.fromArrays` takes them. */
export interface ClassArrays {
  /** [rows, features], row-major. */
  readonly x: Float64Array<ArrayBuffer>;
  readonly rows: number;
  readonly features: number;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly classes: readonly string[];
}

export interface Plane {
  /** Lower and upper end of both axes. */
  readonly low: number;
  readonly high: number;
  /** f32[rows, 2]. */
  readonly points: Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** What the members so far have come to on the held-out rows. */
export interface ArrivalMessage {
  readonly arrived: number;
  /** The newest member, and the share of rows that it alone gets wrong. */
  readonly member: number;
  readonly memberErrorRate: number;
  readonly v: number;
  /** Null for one member. */
  readonly c: number | null;
  readonly squaredError: number;
  readonly errorRate: number;
  /** Probability of the second class, f32[side, side] from the lower left, of all members and of the newest alone. */
  readonly surface: Surface | null;
}

export interface Surface {
  readonly side: number;
  readonly mean: Float32Array<ArrayBuffer>;
  readonly member: Float32Array<ArrayBuffer>;
}

/** What it all came to, measured by what measures ensembles everywhere else. */
export interface Ending {
  readonly contentHash: string;
  readonly complete: boolean;
  readonly members: number;
  readonly v: number;
  readonly c: number | null;
  readonly rho: number | null;
  readonly predicted: number;
  readonly measured: number;
  readonly effectiveMembers: number | null;
  /** Error rates, with the interval of the ensemble's over the choice of rows. */
  readonly meanMemberErrorRate: number;
  readonly errorRate: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Mean squared error of sampled subsets of the members, by how many they are. */
  readonly subsets: readonly (readonly [members: number, squaredError: number])[];
}

/** From a worker. */
export type Reply =
  | { readonly kind: 'begun'; readonly run: number; readonly beginning: Beginning }
  | { readonly kind: 'epochs'; readonly run: number; readonly epochs: readonly EpochMessage[] }
  | { readonly kind: 'trained'; readonly run: number; readonly members: readonly MemberMessage[] }
  | { readonly kind: 'measured'; readonly run: number; readonly arrival: ArrivalMessage }
  | { readonly kind: 'ended'; readonly run: number; readonly ending: Ending }
  /** The ensemble as the file that `saveEnsemble` writes. */
  | { readonly kind: 'saved'; readonly run: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly run: number; readonly message: string };

export interface EpochMessage {
  readonly member: number;
  readonly epoch: number;
  readonly loss: number;
}
