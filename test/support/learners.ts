// Learners for tests, written as the modules that users write.

/** Class means: predicts by distance to them. It counts on nothing but the data. */
export const CENTROIDS = `
export default {
  fit({ x, labels, rows, features, outputs }) {
    const means = new Float64Array(outputs * features);
    const counts = new Float64Array(outputs);
    for (let row = 0; row < rows; row++) {
      counts[labels[row]]++;
      for (let f = 0; f < features; f++) means[labels[row] * features + f] += x[row * features + f];
    }
    return { means: means.map((sum, at) => sum / counts[Math.floor(at / features)]), features, outputs };
  },
  predict({ means, features, outputs }, x, rows) {
    return Array.from({ length: rows * outputs }, (_, at) => {
      const [row, own] = [Math.floor(at / outputs), at % outputs];
      const closeness = (c) => {
        let square = 0;
        for (let f = 0; f < features; f++) square += (x[row * features + f] - means[c * features + f]) ** 2;
        return 1 / (1 + square);
      };
      const all = Array.from({ length: outputs }, (_, c) => closeness(c));
      return all[own] / all.reduce((sum, value) => sum + value, 0);
    });
  },
};
`;

/** Keeps all it was given, to be looked at; predicts the same for every row. */
export const RECORDER = `
export default {
  fit({ random, ...data }) {
    const draws = Float64Array.from({ length: 4 }, () => random());
    return { ...data, draws };
  },
  predict: ({ outputs, task }, x, rows) =>
    new Float32Array(rows * outputs).fill(task.kind === 'classification' ? 1 / outputs : 0),
};
`;

/** A learner whose functions are these; the others do what is right for two features and three classes. */
export function learnerOf(functions: {
  readonly fit?: string;
  readonly predict?: string;
  readonly more?: string;
}) {
  const { fit = '() => ({})', predict = '(model, x, rows) => new Float32Array(rows * 3).fill(1 / 3)' } =
    functions;
  return `export default { fit: ${fit}, predict: ${predict}, ${functions.more ?? ''} };`;
}
