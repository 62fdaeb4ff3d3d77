// What a program's calls may be given: a number, a field of the step block, or the place of a constant.

/** A field of the step block, read anew by every run: its byte offset there. */
export interface StepField {
  readonly stepOffset: number;
}

/** Something that lies in the program itself: its byte offset among the constants. */
export interface Constant {
  readonly constantOffset: number;
}

/** An argument of a call: fixed when the program is built, or read from the step block by every run. */
export type Operand = number | StepField | Constant;
