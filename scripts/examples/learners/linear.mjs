// A learner: a linear model. Numbers by ridge regression, in closed form; classes by softmax regression, in steps
// down the gradient. tutti train digits.csv --target digit --learner linear.mjs

/** @typedef {{ weights: Float64Array, features: number, outputs: number, classes: boolean }} Model */

/** @type {import('tutti').Learner<Model>} */
const linear = {
  fit(data) {
    const { features, outputs, task, options } = data;
    const penalty = Number(options.penalty ?? 1e-3);
    const classes = task.kind === 'classification';
    const weights = classes ? softmaxRegression(data, penalty) : ridgeRegression(data, penalty);
    return { weights, features, outputs, classes };
  },

  predict({ weights, features, outputs, classes }, x, rows) {
    const answers = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      const z = scores(weights, x.subarray(row * features, (row + 1) * features), outputs);
      answers.set(classes ? softmax(z) : z, row * outputs);
    }
    return answers;
  },
};

export default linear;

/** z = W x + b of one row; weights f64[features + 1, outputs], the bias last. */
function scores(
  /** @type {Float64Array} */ weights,
  /** @type {Float32Array} */ x,
  /** @type {number} */ outputs,
) {
  const z = weights.slice(x.length * outputs);
  for (let f = 0; f < x.length; f++) {
    for (let o = 0; o < outputs; o++) z[o] += x[f] * weights[f * outputs + o];
  }
  return z;
}

function softmax(/** @type {Float64Array} */ z) {
  const most = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Steps of all rows at once, with momentum, on the mean log-loss and ½ penalty ‖W‖². */
function softmaxRegression(/** @type {import('tutti').LearnerData} */ data, /** @type {number} */ penalty) {
  const { x, labels, rowWeights, rows, features, outputs, options } = data;
  const weights = new Float64Array((features + 1) * outputs);
  const speed = new Float64Array(weights.length);
  for (let step = 0; step < Number(options.steps ?? 200); step++) {
    const gradient = weights.map((weight, at) => (at < features * outputs ? penalty * weight : 0));
    for (let row = 0; row < rows; row++) {
      const own = x.subarray(row * features, (row + 1) * features);
      const errors = softmax(scores(weights, own, outputs));
      errors[labels[row]] -= 1;
      const share = (rowWeights?.[row] ?? 1) / rows;
      addOuter(gradient, own, errors, share);
    }
    for (let at = 0; at < weights.length; at++) {
      speed[at] = 0.9 * speed[at] - 0.1 * gradient[at];
      weights[at] += speed[at];
    }
  }
  return weights;
}

/** gradient += share · (x, 1) ⊗ errors. */
function addOuter(
  /** @type {Float64Array} */ gradient,
  /** @type {Float32Array} */ x,
  /** @type {Float64Array} */ errors,
  /** @type {number} */ share,
) {
  const outputs = errors.length;
  for (let f = 0; f <= x.length; f++) {
    const scale = share * (f < x.length ? x[f] : 1);
    for (let o = 0; o < outputs; o++) gradient[f * outputs + o] += scale * errors[o];
  }
}

/** Solves (XᵀX + penalty · n · I) W = XᵀY by elimination; the bias is not penalised. */
function ridgeRegression(/** @type {import('tutti').LearnerData} */ data, /** @type {number} */ penalty) {
  const { x, targets, rowWeights, rows, features, outputs } = data;
  const size = features + 1;
  const width = size + outputs;
  const system = Array.from({ length: size }, () => new Float64Array(width));
  for (let row = 0; row < rows; row++) {
    const input = [...x.subarray(row * features, (row + 1) * features), 1];
    const both = [...input, ...targets.subarray(row * outputs, (row + 1) * outputs)];
    const weight = rowWeights?.[row] ?? 1;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < width; j++) system[i][j] += weight * input[i] * both[j];
    }
  }
  for (let i = 0; i < features; i++) system[i][i] += penalty * rows;
  eliminate(system);
  return Float64Array.from(system.flatMap((line) => [...line.subarray(size)]));
}

/** Gauss and Jordan: leaves the identity on the left and the solution on the right. */
function eliminate(/** @type {Float64Array[]} */ system) {
  for (let pivot = 0; pivot < system.length; pivot++) {
    const largest = system.findIndex(
      (line, i) =>
        i >= pivot && system.slice(pivot).every((other) => Math.abs(other[pivot]) <= Math.abs(line[pivot])),
    );
    [system[pivot], system[largest]] = [system[largest], system[pivot]];
    const scale = system[pivot][pivot];
    system[pivot] = system[pivot].map((value) => value / scale);
    for (let i = 0; i < system.length; i++) {
      if (i === pivot) continue;
      const factor = system[i][pivot];
      system[i] = system[i].map((value, j) => value - factor * system[pivot][j]);
    }
  }
}
