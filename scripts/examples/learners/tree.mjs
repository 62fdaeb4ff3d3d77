// A learner: a decision tree of the package ml-cart (npm install ml-cart). Its trees take time that grows with the
// square of the rows, so give them a share: --resample subsample --resample-share 0.3 --feature-share 0.5.
// tutti train digits.csv --target digit --learner tree.mjs

import { DecisionTreeClassifier, DecisionTreeRegression } from 'ml-cart';

/** @typedef {{ trees: any[], features: number, outputs: number, classes: boolean, smoothing: number }} Model */

/** @type {import('tutti').Learner<Model>} */
const tree = {
  fit({ x, labels, targets, rows, features, outputs, task, options }) {
    const classes = task.kind === 'classification';
    const inputs = Array.from({ length: rows }, (_, row) =>
      Array.from(x.subarray(row * features, (row + 1) * features)),
    );
    const own = { maxDepth: Number(options.maxDepth ?? 10), minNumSamples: Number(options.minRows ?? 3) };
    const trees = classes
      ? [train(new DecisionTreeClassifier({ ...own, gainThreshold: 0 }), inputs, Array.from(labels))]
      : Array.from({ length: outputs }, (_, o) => {
          const values = inputs.map((_, row) => targets[row * outputs + o]);
          return train(new DecisionTreeRegression(own), inputs, values);
        });
    return { trees, features, outputs, classes, smoothing: Number(options.smoothing ?? 0.05) };
  },

  predict({ trees, features, outputs, classes, smoothing }, x, rows) {
    const answers = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      const own = x.subarray(row * features, (row + 1) * features);
      if (!classes)
        answers.set(
          trees.map((root) => leafOf(root, own)),
          row * outputs,
        );
      // The classes of a leaf that come after its last one are missing; a share for each keeps none at 0.
      else
        for (let c = 0; c < outputs; c++) {
          const share = leafOf(trees[0], own)[0][c] ?? 0;
          answers[row * outputs + c] = (1 - smoothing) * share + smoothing / outputs;
        }
    }
    return answers;
  },
};

export default tree;

/** The trained tree as plain data: nodes with a column and a value to split at, leaves with a distribution. */
function train(
  /** @type {any} */ learner,
  /** @type {number[][]} */ inputs,
  /** @type {number[]} */ answers,
) {
  learner.train(inputs, answers);
  return JSON.parse(JSON.stringify(learner.toJSON().root));
}

function leafOf(/** @type {any} */ root, /** @type {Float32Array} */ x) {
  let node = root;
  while (node.left !== undefined) node = x[node.splitColumn] < node.splitValue ? node.left : node.right;
  return node.distribution;
}
