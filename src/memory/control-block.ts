// The first bytes of a training's shared memory: the flags of a stop, of a pause and of an early end, and one record per slot, of its
// progress and of what is wanted of it. Threads write their own progress and read the rest with Atomics, because a thread
// inside a kernel answers no message; the coordinator does the reverse.

/** One cache line for the flags. */
export const CONTROL_HEADER_BYTES = 64;
/** One cache line per slot, so that progress of one thread never slows another. */
export const CONTROL_SLOT_BYTES = 64;

const WORDS_PER_SLOT = CONTROL_SLOT_BYTES / 4;
const HEADER_WORDS = CONTROL_HEADER_BYTES / 4;
const STOP = 0;
const PAUSE = 1;
const DELIVER = 2;

/** Words of a slot's record. Member is stored plus one, so that zeroed memory reads as idle. */
const FIELD = {
  member: 0,
  epoch: 1,
  epochs: 2,
  step: 3,
  steps: 4,
  loss: 5,
  taken: 6,
  holder: 7,
  wanted: 8,
} as const;

/** As memory is that was never written; no member is handed over before its first epoch. */
const NOT_WANTED = 0;

/** Of those, what another process says of a job of its own. */
const TOLD = [FIELD.epoch, FIELD.epochs, FIELD.step, FIELD.steps, FIELD.loss, FIELD.member];
/** How many words a slot's record has. */
export const RECORD_WORDS = WORDS_PER_SLOT;
/** How many words {@link ControlBlock.orders} are. */
export const ORDER_WORDS = 4;

/** What one slot is doing. */
export interface SlotProgress {
  readonly slot: number;
  /** The member in training, or null while idle. */
  readonly member: number | null;
  /** Epochs finished. */
  readonly epoch: number;
  readonly epochs: number;
  /** Share of the member's training done, 0…1. */
  readonly share: number;
  /** Mean training loss of the last finished epoch. */
  readonly loss: number | null;
}

export class ControlBlock {
  readonly #words: Int32Array;
  readonly #float = new Float32Array(1);
  readonly #bits = new Int32Array(this.#float.buffer);

  constructor(buffer: ArrayBufferLike, slots: number) {
    this.#words = new Int32Array(buffer, 0, HEADER_WORDS + slots * WORDS_PER_SLOT);
  }

  /** Asks every thread of this training to stop at its next step. */
  requestStop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  /** Asks every thread of this training to hand over its members at the end of their epochs, and to end there. */
  requestPause(): void {
    Atomics.store(this.#words, PAUSE, 1);
  }

  get pauseRequested(): boolean {
    return Atomics.load(this.#words, PAUSE) !== 0;
  }

  /** Asks every thread of this training to end its members with their epoch, as they were at their best, and to begin no other. */
  requestDelivery(): void {
    Atomics.store(this.#words, DELIVER, 1);
  }

  get deliveryRequested(): boolean {
    return Atomics.load(this.#words, DELIVER) !== 0;
  }

  /** Asks the slot's thread to hand over its members once, at the end of this epoch or a later one; null: not to. */
  want(slot: number, epoch: number | null): void {
    this.#set(slot, FIELD.wanted, epoch ?? NOT_WANTED);
  }

  /** By the thread: whether to hand over at the end of this epoch. Whoever is told so is not told again. */
  takeWanted(slot: number, epoch: number): boolean {
    const wanted = Atomics.load(this.#words, this.#index(slot, FIELD.wanted));
    if (wanted === NOT_WANTED || epoch < wanted) return false;
    this.#set(slot, FIELD.wanted, NOT_WANTED);
    return true;
  }

  /**
   * Says that a thread has the slot's job in hand, which may have waited for it.
   * @returns who holds the slot from now on, to be told to `end`.
   */
  takeUp(slot: number): number {
    const holder = Atomics.add(this.#words, this.#index(slot, FIELD.holder), 1) + 1;
    this.#set(slot, FIELD.taken, 1);
    return holder;
  }

  isTaken(slot: number): boolean {
    return Atomics.load(this.#words, this.#index(slot, FIELD.taken)) !== 0;
  }

  begin(slot: number, member: number, epochs: number, steps: number, epoch = 0): void {
    this.#set(slot, FIELD.epoch, epoch);
    this.#set(slot, FIELD.epochs, epochs);
    this.#set(slot, FIELD.step, 0);
    this.#set(slot, FIELD.steps, steps);
    this.#setFloat(slot, FIELD.loss, Number.NaN);
    this.#set(slot, FIELD.member, member + 1);
  }

  step(slot: number, step: number): void {
    this.#set(slot, FIELD.step, step);
  }

  endEpoch(slot: number, epoch: number, loss: number): void {
    this.#setFloat(slot, FIELD.loss, loss);
    this.#set(slot, FIELD.step, 0);
    this.#set(slot, FIELD.epoch, epoch);
  }

  /** Nobody has the slot's job in hand any more; a holder whose slot went to another meanwhile changes nothing. */
  end(slot: number, holder?: number): void {
    if (holder !== undefined && holder !== Atomics.load(this.#words, this.#index(slot, FIELD.holder))) return;
    this.#set(slot, FIELD.member, 0);
    this.#set(slot, FIELD.taken, 0);
  }

  read(slot: number): SlotProgress {
    const get = (field: number) => Atomics.load(this.#words, this.#index(slot, field));
    const member = get(FIELD.member) - 1;
    if (member < 0) return { slot, member: null, epoch: 0, epochs: 0, share: 0, loss: null };
    const epoch = get(FIELD.epoch);
    const epochs = get(FIELD.epochs);
    const within = get(FIELD.step) / Math.max(1, get(FIELD.steps));
    this.#bits[0] = get(FIELD.loss);
    const loss = this.#float[0]!;
    const share = Math.min(1, (epoch + within) / Math.max(1, epochs));
    return { slot, member, epoch, epochs, share, loss: Number.isNaN(loss) ? null : loss };
  }

  /** The words of a slot's record, for a block elsewhere. */
  record(slot: number): Int32Array {
    const start = this.#index(slot, 0);
    return Int32Array.from({ length: WORDS_PER_SLOT }, (_, at) => Atomics.load(this.#words, start + at));
  }

  /** Takes over from such a record what threads write. */
  takeRecord(slot: number, words: ArrayLike<number>): void {
    for (const field of TOLD) this.#set(slot, field, words[field]!);
  }

  /** What a slot's thread is told, for a block elsewhere. */
  orders(slot: number): Int32Array {
    const wanted = this.#index(slot, FIELD.wanted);
    return Int32Array.from([STOP, PAUSE, DELIVER, wanted], (word) => Atomics.load(this.#words, word));
  }

  /** Takes over such orders. What was wanted before, and is handed over, may be wanted twice. */
  takeOrders(slot: number, [stop, pause, deliver, wanted]: ArrayLike<number> & Iterable<number>): void {
    Atomics.store(this.#words, STOP, stop!);
    Atomics.store(this.#words, PAUSE, pause!);
    Atomics.store(this.#words, DELIVER, deliver!);
    this.#set(slot, FIELD.wanted, wanted!);
  }

  #index(slot: number, field: number): number {
    return HEADER_WORDS + slot * WORDS_PER_SLOT + field;
  }

  #set(slot: number, field: number, value: number): void {
    Atomics.store(this.#words, this.#index(slot, field), value);
  }

  #setFloat(slot: number, field: number, value: number): void {
    this.#float[0] = value;
    this.#set(slot, field, this.#bits[0]!);
  }
}
