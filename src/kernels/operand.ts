// What a program's calls may be given: a number, or a field of the step block.

/** A field of the step block, read anew by every run: its byte offset there. */
export interface StepField {
  readonly stepOffset: number;
}

/** An argument of a call: fixed when the program is built, or read from the step block by every run. */
export type Operand = number | StepField;
