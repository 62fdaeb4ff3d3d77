// The page of the playground: takes a recipe off its controls, has it trained, and shows what comes of it.

import { element, say } from '../../live/client/elements.js';
import { readRecipe, setEnabled, showValues, suitDataset } from './controls.js';
import { Crew, type Watcher } from './crew.js';
import { drawAveraged, drawCurves, drawPlane } from './figures.js';
import { programOf, rowsText, saveFile } from './program.js';
import type { ArrivalMessage, Beginning, Ending, Recipe, Surface } from './protocol.js';
import { showArrival, showEnding, showMember, showWaiting, showWhole } from './view.js';

/** A curve is drawn with no more points. */
const MOST_POINTS = 120;

/** What is known of the training that is shown. */
interface Shown {
  readonly recipe: Recipe;
  readonly began: number;
  beginning: Beginning | null;
  readonly arrivals: ArrivalMessage[];
  readonly curves: Map<number, [epoch: number, loss: number][]>;
  readonly finished: Set<number>;
  surface: Surface | null;
  ending: Ending | null;
}

let shown: Shown | null = null;

const watcher: Watcher = {
  begun(beginning) {
    if (shown === null) return;
    shown.beginning = beginning;
    element('plane-section').hidden = beginning.plane === null;
    soon();
  },
  taken(strand) {
    showMember(strand, 'training', 0);
  },
  epochs(epochs) {
    if (shown === null) return;
    const stride = Math.ceil(shown.recipe.epochs / MOST_POINTS);
    for (const { member, epoch, loss } of epochs) {
      const curve = shown.curves.get(member) ?? [];
      shown.curves.set(member, curve);
      if (epoch === 1 || epoch % stride === 0 || epoch === shown.recipe.epochs) curve.push([epoch, loss]);
    }
    for (const { member, epoch } of epochs) {
      if (!shown.finished.has(member)) showMember(member, 'training', epoch / shown.recipe.epochs);
    }
    soon();
  },
  measured(arrival) {
    if (shown === null) return;
    shown.arrivals.push(arrival);
    shown.finished.add(arrival.member);
    shown.surface = arrival.surface;
    showMember(arrival.member, 'finished', 1);
    soon();
  },
  ended(ending) {
    if (shown === null) return;
    shown.ending = ending;
    rest();
    showEnding(ending, shown.recipe, performance.now() - shown.began);
    showProgram(shown, ending);
    drawAll();
  },
  saved(bytes) {
    if (shown !== null) saveFile(`${shown.recipe.dataset}.tutti`, bytes);
  },
  failed(message) {
    rest();
    element('trouble').hidden = false;
    say('trouble', message);
    say('headline', 'Nothing was trained');
    showWhole(0, message);
  },
};

const { worker } = JSON.parse(element('data').textContent!) as { readonly worker: string };
const crew = new Crew(worker, watcher);

function train(): void {
  const recipe = readRecipe();
  shown = {
    ...{ recipe, began: performance.now(), beginning: null, surface: null, ending: null },
    ...{ arrivals: [], curves: new Map(), finished: new Set() },
  };
  document.body.dataset.state = 'training';
  setEnabled(false);
  element('trouble').hidden = true;
  element('program').hidden = true;
  element('take-it').hidden = true;
  say('hash', 'It is told when an ensemble is there.');
  say('headline', recipe.members === 1 ? 'Training a member' : `Training ${recipe.members} members`);
  say('said', `Training ${recipe.members} members`);
  showWaiting(recipe.members);
  crew.start(recipe);
  soon();
}

/** Nothing is trained any more. */
function rest(): void {
  document.body.dataset.state = 'idle';
  const hadFocus = document.activeElement === element('stop');
  setEnabled(true);
  if (hadFocus) element('train').focus();
}

function showProgram({ recipe, beginning }: Shown, { contentHash, complete }: Ending): void {
  say('hash', complete ? contentHash : 'It was stopped: only a whole ensemble is the same everywhere.');
  element('program').hidden = !complete;
  element('take-it').hidden = false;
  say('code', programOf(recipe, beginning!.arithmetic));
}

let waiting = false;

/** Draws what has changed, once in a frame at most. */
function soon(): void {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    drawAll();
  });
}

function drawAll(): void {
  if (shown === null) {
    drawAveraged({ planned: 16, arrivals: [], ending: null });
    drawCurves(new Map(), new Set());
    return;
  }
  const { recipe, arrivals, ending, curves, finished } = shown;
  drawAveraged({ planned: recipe.members, arrivals, ending });
  drawCurves(curves, finished);
  drawSurface();
  const newest = arrivals.at(-1);
  if (ending !== null || newest === undefined) return;
  const alone = arrivals.reduce((sum, { memberErrorRate }) => sum + memberErrorRate, 0) / arrivals.length;
  showArrival(newest, alone, recipe.members);
  showWhole(newest.arrived / recipe.members, `${newest.arrived} of ${recipe.members} members`);
}

function drawSurface(): void {
  const plane = shown?.beginning?.plane ?? null;
  const surface = shown?.surface ?? null;
  if (plane === null || surface === null) return;
  drawPlane('surface-mean', plane, surface, 'mean');
  drawPlane('surface-member', plane, surface, 'member');
}

element('controls').addEventListener('submit', (event) => {
  event.preventDefault();
  train();
});
element('controls').addEventListener('input', ({ target }) => {
  if ((target as HTMLInputElement).name === 'dataset') suitDataset();
  showValues();
});
element('stop').addEventListener('click', () => crew.stop());
element('rows').addEventListener('click', () => {
  if (shown?.beginning) saveFile(`${shown.recipe.dataset}.json`, rowsText(shown.beginning.rows));
});
element('ensemble').addEventListener('click', () => crew.save());
// Canvases do not follow the theme by themselves.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawSurface);
new MutationObserver(drawSurface).observe(document.documentElement, { attributeFilter: ['data-theme'] });
document.body.dataset.state = 'idle';
showValues();
drawAll();
