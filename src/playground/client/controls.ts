// The controls of the page: sliders over lists of values, and the recipe that they all make.

import type { DatasetName, Recipe } from './protocol.js';

const upTo = (most: number) => Array.from({ length: most }, (_, at) => at + 1);

/** What the places of each slider stand for; src/playground/page.ts has how many there are. */
const SCALES = {
  members: upTo(64),
  hidden: [1, 2, 4, 8, 16, 32, 64, 96, 128],
  epochs: [1, 2, 5, 10, 20, 40, 80, 160, 320, 640],
} as const;

type Slider = keyof typeof SCALES;

export function input(id: string): HTMLInputElement {
  return document.getElementById(id) as HTMLInputElement;
}

function valueAt(slider: Slider): number {
  return SCALES[slider][Number(input(slider).value)]!;
}

/** The recipe as it is set. */
export function readRecipe(): Recipe {
  const chosen = document.querySelector<HTMLInputElement>('input[name=dataset]:checked')!;
  return {
    dataset: chosen.value as DatasetName,
    ...{ members: valueAt('members'), hidden: valueAt('hidden'), epochs: valueAt('epochs') },
    bootstrap: input('bootstrap').checked,
    seed: Number(input('seed').value),
  };
}

/** Says beside each slider what it stands at. */
export function showValues(): void {
  for (const slider of Object.keys(SCALES) as Slider[]) {
    const value = String(valueAt(slider));
    input(slider).setAttribute('aria-valuetext', value);
    document.getElementById(`${slider}-value`)!.textContent = value;
  }
}

/** What suits each dataset: places of the sliders. */
const SUITED: Readonly<Record<DatasetName, { readonly hidden: number; readonly epochs: number }>> = {
  spirals: { hidden: 6, epochs: 9 },
  moons: { hidden: 6, epochs: 9 },
  iris: { hidden: 4, epochs: 5 },
  digits: { hidden: 5, epochs: 5 },
};

/** Sets what suits the dataset that is chosen. */
export function suitDataset(): void {
  const { hidden, epochs } = SUITED[readRecipe().dataset];
  input('hidden').value = String(hidden);
  input('epochs').value = String(epochs);
}

/** Whether all may be set: not while an ensemble is trained. */
export function setEnabled(enabled: boolean): void {
  for (const control of document.querySelectorAll<HTMLInputElement>('#controls input'))
    control.disabled = !enabled;
  (document.getElementById('train') as HTMLButtonElement).disabled = !enabled;
  (document.getElementById('stop') as HTMLButtonElement).disabled = enabled;
}
