// Which members can use which options. An option that means nothing to those it was given to is refused, because
// whoever gave it expects something of it.

import { failOption } from '../errors.js';
import { engineOf, moduleFields } from './module-options.js';
import { neighboursFields } from './neighbours-options.js';
import { optimisationFields } from './optimisation-options.js';
import type { MemberOptions } from './training-schema.js';

/** Kinds of members as options see them; `model` is a network that a module describes to the wasm engine. */
type Kind = 'wasm' | 'model' | 'neighbours' | 'tfjs' | 'learner';

type Name = keyof MemberOptions;

const OF_ALL: readonly Name[] = ['engine', 'resample', 'resampleShare', 'featureShare', 'vary'];
/** What a model that a module builds says itself. */
const OF_LAYERS: readonly Name[] = [
  ...(['hidden', 'layers', 'activation', 'init'] as const),
  ...(['inputKeep', 'hiddenKeep', 'dropoutScaling'] as const),
];
const OF_EPOCHS = [
  ...(Object.keys(optimisationFields) as Name[]),
  ...(['l1', 'l2', 'labelSmoothing', 'inputNoise', 'earlyStopping', 'patience'] as const),
];

/** Who can use an option. */
function usersOf(name: Name): readonly Kind[] {
  if (OF_ALL.includes(name)) return ['wasm', 'model', 'neighbours', 'tfjs', 'learner'];
  if (name === 'model') return ['model', 'tfjs'];
  if (name in moduleFields) return ['learner'];
  if (name === 'image') return ['wasm', 'neighbours'];
  if (name in neighboursFields) return ['neighbours'];
  if (OF_LAYERS.includes(name)) return ['wasm'];
  return OF_EPOCHS.includes(name) ? ['wasm', 'model', 'tfjs'] : ['wasm', 'model'];
}

function kindOf(own: MemberOptions): Kind {
  const engine = engineOf(own);
  return engine === 'wasm' && own.model !== undefined ? 'model' : engine;
}

/**
 * Refuses a shared option, or one of a grid, that no member can use.
 * @param members every member's options, the shared ones among them.
 * @throws ERR_OPTION
 */
export function requireUsers(members: readonly MemberOptions[]): void {
  const given = new Set(members.flatMap(namesOf));
  const kinds = new Set(members.map(kindOf));
  for (const name of given) {
    const users = usersOf(name);
    if (users.some((kind) => kinds.has(kind))) continue;
    const own = members.find((options) => options[name] !== undefined)!;
    const kind = kindOf(own);
    // Layers and their dropout come from one place: `model` or these options.
    if (kind === 'model' && users.includes('wasm'))
      failOption(name, 'absent when `model` is given', own[name]);
    const engines = users.filter((user) => user !== 'model').join(' or ');
    failOption('engine', `${engines} for a member when \`${name}\` is given`, engineOf(own));
  }
}

/**
 * Refuses an option that one member of a list was given for itself and cannot use.
 * @param own its own options. @param all its options with the shared ones. @param member its place in the list.
 * @throws ERR_OPTION
 */
export function requireUse(own: MemberOptions, all: MemberOptions, member: number): void {
  const kind = kindOf(all);
  const stray = namesOf(own).find((name) => !usersOf(name).includes(kind));
  if (stray === undefined) return;
  const what = kind === 'model' ? 'a network that `model` describes' : `engine ${engineOf(all)}`;
  failOption(`members[${member}].${stray}`, `absent for a member of ${what}`, own[stray]);
}

function namesOf(options: MemberOptions): Name[] {
  return (Object.keys(options) as Name[]).filter((name) => options[name] !== undefined);
}
