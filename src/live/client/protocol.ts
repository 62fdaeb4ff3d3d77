// What the server of the live page tells the page: a state as plain data, whole when a page connects, and then whatever of
// it has changed. Every change says how things are now, so that one that is told twice changes nothing.

/** Where a run stands. */
export type Phase =
  | 'preparing'
  | 'training'
  | 'stopping'
  | 'measuring'
  | 'finished'
  | 'interrupted'
  | 'failed';

export type MemberStatus = 'queued' | 'training' | 'finished' | 'failed';

/** What is known of a run from its beginning. */
export interface RunHead {
  /** The command: train, extend, resume. */
  readonly command: string;
  /** The file of the rows. */
  readonly file: string;
  /** Where the ensemble is saved; null where it is not. */
  readonly out: string | null;
  /** Whether a stop lets epochs in training end, since the training is kept in a folder. */
  readonly kept: boolean;
  /** Whether the page is served after the run's end. */
  readonly stays: boolean;
  /** What the data are taken for, line by line. */
  readonly data: readonly string[];
}

export interface RunThread {
  /** Null while it is idle. */
  readonly member: number | null;
  readonly epoch: number;
  readonly epochs: number;
  /** Of its member's training, 0…1. */
  readonly share: number;
  readonly loss: number | null;
}

/** How far a run is; times in milliseconds. */
export interface RunProgress {
  readonly planned: number;
  readonly finished: number;
  readonly failed: number;
  /** Members that were there before, and are none of those planned. */
  readonly before: number;
  /** Of the whole, 0…1. */
  readonly share: number;
  readonly elapsedMs: number;
  readonly remainingMs: number | null;
  /** Epochs that ended per second, of all members, since the last few seconds. */
  readonly epochsPerSecond: number | null;
  /** Resident bytes of the process. */
  readonly memoryBytes: number;
  readonly threads: readonly RunThread[];
}

export interface RunMember {
  readonly index: number;
  readonly status: MemberStatus;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly retries: number;
  readonly reseeds: number;
  /** Why it was given up, or last tried again. */
  readonly error: string | null;
}

/** An epoch of a curve: epoch, training loss, validation loss. */
export type CurvePoint = readonly [epoch: number, loss: number, validationLoss: number | null];

/** Points of a member's curve from one on; those after them are no more. */
export interface CurvePart {
  readonly member: number;
  readonly from: number;
  readonly points: readonly CurvePoint[];
}

/** What so many members have come to on rows that they never saw. */
export interface ArrivalPoint {
  /** Members that had arrived. */
  readonly arrived: number;
  /** Share of the rows that some of them never saw, which the figures are over. */
  readonly coverage: number;
  /** How many of them were averaged in a row, as their effect goes: 1 / mean(1 / k_r). */
  readonly averaged: number;
  /** Mean squared error of their mean, summed over outputs. */
  readonly squaredError: number;
  /** Share of the rows whose label is wrong; null for numbers. */
  readonly errorRate: number | null;
  /** Root mean squared error of one target; null for several, and for classes. */
  readonly rmse: number | null;
}

/** Squared error against the number of members, measured and as v and c have it. */
export interface RunArrivals {
  readonly rowsFrom: 'outOfBag' | 'heldOut';
  /** Rows that were predicted, of those there are. */
  readonly rows: number;
  readonly totalRows: number;
  /** Mean over rows of the members' mean squared error. */
  readonly v: number;
  /** Mean over rows of the mean product of two members' errors; null before a row was predicted by two members. */
  readonly c: number | null;
  /** How many members there are to be. */
  readonly planned: number;
  readonly points: readonly ArrivalPoint[];
}

export interface LogEntry {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly kind: 'note' | 'trouble';
  readonly text: string;
}

/** What a run came to. */
export interface RunSummary {
  /** In a sentence. */
  readonly verdict: string;
  /** As the command prints it. */
  readonly lines: readonly string[];
  /** Where the ensemble is; null where it was not saved. */
  readonly saved: string | null;
  /** Commands that come next. */
  readonly next: readonly string[];
}

export interface RunState {
  readonly phase: Phase;
  readonly head: RunHead;
  readonly progress: RunProgress | null;
  /** In plan order; of very many the first. */
  readonly members: readonly RunMember[];
  readonly curves: readonly CurvePart[];
  /** Why no curve of arrivals is drawn, or the curve; null before anything is known. */
  readonly arrivals: RunArrivals | string | null;
  readonly log: readonly LogEntry[];
  readonly summary: RunSummary | null;
}

/** What has changed: members and curves by those that have, the log by what was added; the rest whole. */
export type RunChange = Partial<Omit<RunState, 'log'>> & {
  readonly logFrom?: number;
  readonly log?: readonly LogEntry[];
};

/** Events of the stream by their names. */
export const EVENTS = { state: 'state', change: 'change', over: 'over' } as const;
