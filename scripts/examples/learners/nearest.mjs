// A learner: k nearest neighbours by Euclidean distance, whose votes count the more the nearer they are.
// tutti train digits.csv --target digit --learner nearest.mjs

/** @typedef {{ x: Float32Array, y: Float32Array, features: number, outputs: number, k: number, classes: boolean }} Model */

/** @type {import('tutti').Learner<Model>} */
const nearest = {
  fit({ x, labels, targets, rows, features, outputs, task, options }) {
    const classes = task.kind === 'classification';
    const k = Number(options.k ?? 5);
    if (k > rows) throw new Error(`it has ${rows} rows for ${k} neighbours`);
    return { x, y: classes ? Float32Array.from(labels) : targets, features, outputs, k, classes };
  },

  predict(model, x, rows) {
    const { features, outputs } = model;
    const answers = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      const at = x.subarray(row * features, (row + 1) * features);
      answers.set(vote(model, neighboursOf(model, at)), row * outputs);
    }
    return answers;
  },
};

export default nearest;

/** The k nearest stored rows with their distances. */
function neighboursOf(/** @type {Model} */ { x, features, k }, /** @type {Float32Array} */ at) {
  const distances = Array.from({ length: x.length / features }, (_, row) => {
    let square = 0;
    for (let f = 0; f < features; f++) square += (x[row * features + f] - at[f]) ** 2;
    return { row, distance: Math.sqrt(square) };
  });
  return distances.sort((a, b) => a.distance - b.distance).slice(0, k);
}

/** Probabilities, one vote spread over all classes so that none is 0; or the weighted mean of the targets. */
function vote(
  /** @type {Model} */ { y, outputs, classes },
  /** @type {ReturnType<typeof neighboursOf>} */ found,
) {
  const weights = found.map(({ distance }) => 1 / (distance + 1e-6));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const answer = new Float64Array(outputs);
  for (const [i, { row }] of found.entries()) {
    const share = weights[i] / total;
    if (classes) answer[y[row]] += share * found.length;
    else for (let o = 0; o < outputs; o++) answer[o] += share * y[row * outputs + o];
  }
  return classes ? answer.map((votes) => (votes + 1 / outputs) / (found.length + 1)) : answer;
}
