// What the search draws is what a user may state.

import t from 'tap';
import { compatible, knownSettings, SEARCHED, searchSpace } from '../../src/auto/search-space.js';
import { drawAll } from '../../src/training/options/search-options.js';
import { parseTrainingOptions } from '../../src/training/options/training-schema.js';
import { clusters, linear } from '../support/datasets.js';

for (const [name, dataset] of Object.entries({ classes: clusters(60, 4, 3), numbers: linear(60, 4, 1) })) {
  t.test(`every option of every setting is one that is taken: ${name}`, async (t) => {
    const space = searchSpace(dataset);
    const drawn = Array.from({ length: 200 }, (_, place) => drawAll(space, 1, place));
    for (const options of [...knownSettings(dataset), ...drawn])
      t.doesNotThrow(() => parseTrainingOptions(compatible(options)), JSON.stringify(options));
  });
}

t.test('what is said to be searched for is what the space has', async (t) => {
  const names = [clusters(60, 4, 3), linear(60, 4, 1)].map((dataset) => Object.keys(searchSpace(dataset)));
  t.same(new Set(names.flat()), new Set(SEARCHED));
});
