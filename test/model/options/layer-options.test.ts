// Layers and images as users write them: the two forms of a layer, what is refused and how.

import t from 'tap';
import { describeLayer, type LayerShape } from '../../../src/model/layers.js';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import { requireNetwork } from '../../../src/model/network-members.js';
import type { NetworkMemberSpec } from '../../../src/model/spec.js';
import { windowGeometry } from '../../../src/model/windows.js';
import { resolvePlan } from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;

function resolve(options: object, features = 64): NetworkMemberSpec {
  const context = { task, features, seed: 1, arithmetic: 'strict' } as const;
  return requireNetwork(resolvePlan(parseTrainingOptions(options), context).members[0]!, 0);
}

t.test('words and objects say the same', async (t) => {
  const pairs: [words: string, object: object][] = [
    ['conv 8@3x3', { kind: 'conv2d', filters: 8, kernel: 3 }],
    [
      ' conv  8@3x2   stride 2 same tanh',
      { kind: 'conv2d', filters: 8, kernel: [3, 2], stride: 2, padding: 'same', activation: 'tanh' },
    ],
    [
      'conv 8@3 stride 2x1 gelu',
      { kind: 'conv2d', filters: 8, kernel: 3, stride: [2, 1], activation: 'gelu' },
    ],
    ['maxpool 2', { kind: 'maxPool', size: 2 }],
    ['maxpool 3x2 stride 1', { kind: 'maxPool', size: [3, 2], stride: 1 }],
    ['avgpool 4', { kind: 'averagePool', size: 4 }],
    ['dense 7 linear', { kind: 'dense', units: 7, activation: 'linear' }],
  ];
  for (const [words, object] of pairs) {
    const [fromWords, fromObject] = [words, object].map((layer) =>
      resolve({ image: '8x8', layers: [layer] }),
    );
    t.same(fromWords!.network, fromObject!.network, words);
  }
  const listed = resolve({ image: '8x8', layers: ['conv 4@3x3', 'maxpool 2', 'dense 5'] });
  t.same(resolve({ image: [1, 8, 8], layers: ['conv 4@3x3, maxpool 2, dense 5'] }), listed);
  t.same(listed.network.layers.map(describeLayer), ['conv 4@3x3 gelu', 'maxpool 2x2', '5 gelu']);
});

t.test(
  'dense layers of `hidden` follow `layers`; their default is for networks that name no layer',
  async (t) => {
    const kinds = (options: object) =>
      resolve({ image: '8x8', ...options }).network.layers.map(({ kind }) => kind);
    t.same(kinds({}), ['dense', 'dense', 'dense']);
    t.same(kinds({ layers: ['conv 2@3x3'] }), ['conv2d']);
    t.same(kinds({ layers: ['conv 2@3x3'], hidden: [4, 3] }), ['conv2d', 'dense', 'dense']);
  },
);

t.test(
  'one keep probability is for layers with units of their own, and so is the activity penalty',
  async (t) => {
    const spec = resolve({
      image: '8x8',
      layers: ['conv 2@3x3, maxpool 2, dense 3'],
      hiddenKeep: 0.5,
      activityPenalty: 1,
    });
    t.same(spec.dropout?.hiddenKeep, [0.5, 1, 0.5]);
    t.same(spec.activityPenalty?.layers, [1, 3]);
  },
);

t.test('sizes follow windows, strides and padding, and filters are shared by all places', async (t) => {
  const spec = resolve({ image: '2x9x8', layers: ['conv 6@3x3 stride 2 same, maxpool 2, conv 4@2x1'] }, 144);
  const shapes = layerShapes(spec, 144, task);
  const sizes = (shape: LayerShape) =>
    !('geometry' in shape) ? [] : [shape.geometry.outHeight, shape.geometry.outWidth];
  t.same(shapes.map(sizes), [[5, 4], [2, 2], [1, 2], []]);
  t.same(
    shapes.map(({ units }) => units),
    [120, 24, 8, 3],
  );
  t.equal(parameterCount(shapes), (2 * 9 + 1) * 6 + (6 * 2 + 1) * 4 + 9 * 3);
});

t.test('same padding puts an odd zero last', async (t) => {
  const image = { channels: 1, height: 4, width: 5 };
  t.match(windowGeometry(image, [2, 3], [1, 2], 'same'), { top: 0, left: 1, outHeight: 4, outWidth: 3 });
  t.match(windowGeometry(image, [5, 3], [1, 1], 'valid'), { top: 0, left: 0, outHeight: 0, outWidth: 3 });
});

const refused: readonly [options: object, message: RegExp][] = [
  [{ image: '8x9' }, /^Expected `image` to be channels × height × width of the 64 features, got \[1,8,9\]$/],
  [{ image: '8' }, /^Expected `image` to be channels, height and width such as 1x28x28.*got "8"$/],
  [{ image: [1, 8, 0] }, /^Expected `image` to be channels.*got \[1,8,0\]$/],
  [{ image: [1, 1, 8, 8] }, /^Expected `image` to be channels/],
  [{ image: '8x8', featureShare: 0.5 }, /^Expected `featureShare` to be 1 when `image` is given, got 0.5$/],
  [
    { layers: ['conv 2@3x3'] },
    /^Expected `layers\[0\]` to be a convolution or pooling after `image` is given/,
  ],
  [{ image: '8x8', layers: ['dense 4', 'maxpool 2'] }, /^Expected `layers\[1\]` .* not after a dense layer/],
  [
    { image: '8x8', layers: ['conv 2@9x3'] },
    /^Expected `layers\[0\]` to be a window within the 8×8 pixels left there, got "9×3"$/,
  ],
  [
    { image: '8x8', layers: ['maxpool 4', 'maxpool 3'] },
    /^Expected `layers\[1\]` to be a window within the 2×2 pixels/,
  ],
  [{ image: '8x8', layers: ['conf 2'] }, /^Expected `layers\[0\]` to be a layer such as .*got "conf 2"$/],
  [{ image: '8x8', layers: ['conv 0@3x3'] }, /^Expected `layers\[0\]` to be a layer such as/],
  [{ image: '8x8', layers: ['conv 2@3x3 twice'] }, /^Expected `layers\[0\]` to be a layer such as/],
  [
    { image: '8x8', layers: [{ kind: 'conv2d', filters: 0, kernel: 3 }] },
    /^Expected `layers\[0\]` to be a layer with a valid `filters`/,
  ],
  [{ image: '8x8', layers: [{ kind: 'conv3d' }] }, /^Expected `layers\[0\]` to be a layer/],
  [{ layers: [7] }, /^Expected `layers\[0\]` to be a layer/],
];

for (const [options, message] of refused) {
  t.test(`refused: ${JSON.stringify(options)}`, async (t) => {
    t.throws(() => resolve(options), { code: 'ERR_OPTION', message });
  });
}
