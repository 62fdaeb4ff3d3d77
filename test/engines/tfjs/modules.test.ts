// What is wrong with a module that should build a model is one error, which names the member and the module, and
// comes before any thread starts where it can.

import t from 'tap';
import { TuttiError } from '../../../src/errors.js';
import { createInlineRunner, trainEnsemble } from '../../../src/index.js';
import { clusters, linear } from '../../support/datasets.js';
import { sequentialModule, tensorFlowOrSkip, writeModule } from '../../support/tfjs.js';

const threeClasses = clusters(40, 10, 3);

const build = (body: string) => `export default function build({ tf, features, outputs }) { ${body} }`;
const dense = 'tf.layers.dense({ inputShape: [features], units: outputs })';

/** Sources of modules, and what is said of them. */
const BAD: Readonly<Record<string, readonly [source: string, message: RegExp]>> = {
  'no default export': ['export const build = 1;', /default export .* function .* got none/],
  'another export': ['export default { layers: [] };', /default export .* function .* got a plain object/],
  'no JavaScript': ['export default function (', /cannot be imported/],
  'a module that throws': ["throw new Error('not today');", /not today/],
  'a builder that throws': [
    build("throw new Error('no layers left');"),
    /threw as it built its model: no layers left/,
  ],
  'a builder that rejects': [
    "export default async () => { throw new TypeError('later'); };",
    /threw as it built its model: later/,
  ],
  nothing: [build(''), /to build a tf.LayersModel, got nothing/],
  'a layer': [build(`return ${dense};`), /to build a tf.LayersModel, got a Dense/],
  'a plain object': [build('return { layers: [] };'), /to build a tf.LayersModel, got a plain object/],
  'no input shape': [
    build('return tf.sequential({ layers: [tf.layers.dense({ units: outputs })] });'),
    /threw as it built its model: .*inputShape/,
  ],
  'no layer at all': [build('return tf.sequential();'), /know its input: give its first layer an inputShape/],
  'a wrong input': [
    sequentialModule('flatten({ inputShape: [3, 4] })', 'dense({ units: outputs })'),
    /take the 10 features, got an input of \[3, 4\], which is 12/,
  ],
  'an input of any length': [
    sequentialModule('dense({ inputShape: [null, 5], units: 2 })', 'globalAveragePooling1d({})'),
    /take inputs of a fixed shape, got \[any, 5\]/,
  ],
  'a batch of its own': [
    sequentialModule('dense({ batchInputShape: [8, features], units: outputs })'),
    /take batches of any size, got batches of 8/,
  ],
  'a wrong output': [
    sequentialModule('dense({ inputShape: [features], units: 4 })'),
    /put out 3 numbers for each example \(softmaxCrossEntropy\), got \[4\]/,
  ],
  'an image for output': [
    sequentialModule('dense({ inputShape: [features], units: 6 })', 'reshape({ targetShape: [3, 2] })'),
    /put out 3 numbers .* got \[3, 2\]/,
  ],
  'two inputs': [
    build(`const inputs = [tf.input({ shape: [5] }), tf.input({ shape: [5] })];
      const both = tf.layers.concatenate().apply(inputs);
      return tf.model({ inputs, outputs: tf.layers.dense({ units: outputs }).apply(both) });`),
    /have one input, got 2/,
  ],
  'two outputs': [
    build(`const inputs = tf.input({ shape: [features] });
      const out = () => tf.layers.dense({ units: outputs }).apply(inputs);
      return tf.model({ inputs, outputs: [out(), out()] });`),
    /have one output, got 2/,
  ],
  'a stateful layer': [
    sequentialModule(
      'reshape({ inputShape: [features], targetShape: [5, 2] })',
      'simpleRNN({ units: 3, stateful: true, batchInputShape: [null, 5, 2] })',
    ),
    /keep no state between batches|stateful/,
  ],
  'nothing to train': [
    sequentialModule('dense({ inputShape: [features], units: outputs, trainable: false })'),
    /have weights that can be trained, got none/,
  ],
};

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  for (const [what, [source, message]] of Object.entries(BAD)) {
    t.test(`${what}: one error, and no tensor left`, async (t) => {
      const { path } = writeModule(t, source);
      const before = tf.memory().numTensors;
      const error = await trainEnsemble(threeClasses, { engine: 'tfjs', model: path, members: 2 }).then(
        () => t.fail('it trained'),
        (error: unknown) => error,
      );
      if (!(error instanceof TuttiError)) throw error;
      t.match(error, { code: 'ERR_MODULE', details: { module: path, member: 0 }, message });
      t.ok(error.message.includes(path), 'the message names the module');
      t.equal(error.exitStatus, 2);
      t.equal(tf.memory().numTensors, before);
    });
  }

  t.test('a module that is not there', async (t) => {
    await t.rejects(trainEnsemble(threeClasses, { engine: 'tfjs', model: './absent.mjs' }), {
      code: 'ERR_MODULE',
      message: /absent\.mjs.*there is no such file/,
    });
  });

  t.test('probabilities that no last layer explains are refused as logits', async (t) => {
    const source = `export default function build({ tf, features, outputs }) {
  class Probabilities extends tf.layers.Layer {
    static className = 'Probabilities';
    call(inputs) { return tf.softmax(Array.isArray(inputs) ? inputs[0] : inputs); }
  }
  return tf.sequential({ layers: [${dense}, new Probabilities({})] });
}`;
    const { path } = writeModule(t, source);
    await t.rejects(trainEnsemble(threeClasses, { engine: 'tfjs', model: path, members: 1 }), {
      message: /to put out logits, or end in a softmax activation, got probabilities/,
    });
  });

  t.test('a layer that throws in training fails its member by name, and leaves the others', async (t) => {
    const source = `let built = 0;
export default function build({ tf, features, outputs }) {
  const fails = built++ === 2;
  class Moody extends tf.layers.Layer {
    static className = 'Moody';
    call(inputs, { training }) {
      if (fails && training) throw new Error('out of patience');
      return Array.isArray(inputs) ? inputs[0] : inputs;
    }
  }
  return tf.sequential({ layers: [${dense}, new Moody({})] });
}`;
    const { path } = writeModule(t, source);
    const options = { engine: 'tfjs', model: path, members: 3, epochs: 1 } as const;
    const runner = createInlineRunner(); // one thread, for one count of what is built
    const { members, failures } = await trainEnsemble(threeClasses, options, { runner });
    t.equal(members.length, 2);
    // The first model is built to be looked at, so the third is the second member's.
    t.match(failures, [
      {
        index: 1,
        error: {
          code: 'ERR_MODULE',
          message: /^Member 1: .*failed in training: out of patience/,
          details: { member: 1 },
        },
      },
    ]);
  });

  t.test('a model for a regression is asked for a number per target', async (t) => {
    const { path } = writeModule(t, sequentialModule('dense({ inputShape: [features], units: 3 })'));
    const data = linear(30, 4, 2);
    await t.rejects(trainEnsemble(data, { engine: 'tfjs', model: path, members: 1 }), {
      message: /put out 2 numbers for each example \(squaredError\), got \[3\]/,
    });
    await t.rejects(trainEnsemble(data, { engine: 'tfjs', model: path, members: 1, loss: 'gaussianNll' }), {
      message: /put out 4 numbers for each example \(gaussianNll\), got \[3\]/,
    });
  });
}
