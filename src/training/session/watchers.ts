// Several watchers of one training as one: the terminal, a page, records.

import type { TrainingSettings } from './training-settings.js';

/** Whoever watches a training and changes nothing. */
export type TrainingWatcher = Pick<
  TrainingSettings,
  'onPlan' | 'onEpochs' | 'onIncident' | 'onMember' | 'onProgress'
>;

/** One watcher that tells all of them, in their order; what nobody asks for it does not ask for either. */
export function mergeWatchers(watchers: readonly TrainingWatcher[]): TrainingWatcher {
  const names = ['onPlan', 'onEpochs', 'onIncident', 'onMember', 'onProgress'] as const;
  const merged: { -readonly [name in keyof TrainingWatcher]: TrainingWatcher[name] } = {};
  for (const name of names) {
    const hear = watchers.flatMap(({ [name]: own }) => (own === undefined ? [] : [own]));
    if (hear.length > 0) merge(merged, name, hear);
  }
  return merged;
}

function merge<Name extends keyof TrainingWatcher>(
  merged: { [name in Name]?: TrainingWatcher[name] },
  name: Name,
  hear: readonly NonNullable<TrainingWatcher[Name]>[],
): void {
  const all = (told: never) => {
    for (const one of hear) (one as (told: never) => void)(told);
  };
  merged[name] = all as TrainingWatcher[Name];
}
