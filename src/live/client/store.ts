// The state as the page has it: what it was told when it connected, with what has changed since.

import type { CurvePart, CurvePoint, RunChange, RunMember, RunState } from './protocol.js';

export class Store {
  #state: RunState;
  readonly curves = new Map<number, CurvePoint[]>();

  constructor(state: RunState) {
    this.#state = { ...state, members: [...state.members], log: [...state.log] };
    for (const part of state.curves) this.#takeCurve(part);
  }

  get state(): RunState {
    return this.#state;
  }

  /** Takes over what has changed; a change that is told twice changes nothing. */
  apply({ members = [], curves = [], log, logFrom = 0, ...rest }: RunChange): void {
    const all = this.#state.members as RunMember[];
    for (const member of members) all[member.index] = member;
    for (const part of curves) this.#takeCurve(part);
    const lines = log === undefined ? this.#state.log : [...this.#state.log.slice(0, logFrom), ...log];
    this.#state = { ...this.#state, ...rest, members: all, log: lines };
  }

  #takeCurve({ member, from, points }: CurvePart): void {
    this.curves.set(member, [...(this.curves.get(member) ?? []).slice(0, from), ...points]);
  }
}
