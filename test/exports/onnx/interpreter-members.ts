// Operators of members that are no networks; part of interpreter.ts.

import type { Run } from './tensor.js';

/** Sums of leaves, tree by tree, each walked from its first node. */
export const treeEnsemble: Run = ([x], attributes) => {
  const list = (name: string) => (attributes[name] ?? attributes[`${name}_as_tensor`]) as readonly number[];
  const [trees, ids] = [list('nodes_treeids'), list('nodes_nodeids')];
  const modes = attributes.nodes_modes as unknown as readonly string[];
  const [features, values] = [list('nodes_featureids'), list('nodes_values')];
  const [yes, no] = [list('nodes_truenodeids'), list('nodes_falsenodeids')];
  const place = new Map(trees.map((tree, at) => [`${tree} ${ids[at]}`, at]));
  const leaves = new Map(
    list('target_treeids').map((tree, at) => [`${tree} ${list('target_nodeids')[at]}`, at]),
  );
  const [targets, weights] = [list('target_ids'), list('target_weights')];
  const [rows, width] = x!.dims as [number, number];
  const sums = Array.from({ length: rows }, () => [...list('base_values')]);
  if (sums[0]!.length !== attributes.n_targets) throw new Error('base values do not fit the targets');
  for (const tree of new Set(trees)) {
    for (const [row, own] of sums.entries()) {
      let id = 0;
      for (let at = place.get(`${tree} ${id}`)!; modes[at] !== 'LEAF'; at = place.get(`${tree} ${id}`)!) {
        if (modes[at] !== 'BRANCH_LEQ') throw new Error(`a branch ${modes[at]}`);
        id = (x!.cells[row * width + features[at]!] as number) <= values[at]! ? yes[at]! : no[at]!;
      }
      const leaf = leaves.get(`${tree} ${id}`)!;
      own[targets[leaf]!]! += weights[leaf]!;
    }
  }
  return [{ dims: [rows, sums[0]!.length], cells: sums.flat(), single: true }];
};

export const topK: Run = ([x, k], { axis, largest, sorted }) => {
  if (axis !== 1 || largest !== 0 || sorted !== 1) throw new Error('of TopK the smallest of each row');
  const count = Number(k!.cells[0]);
  const [rows, width] = x!.dims as [number, number];
  const places = Array.from({ length: rows }, (_, row) => {
    const own = (x!.cells as readonly number[]).slice(row * width, (row + 1) * width);
    return [...own.keys()].sort((a, b) => own[a]! - own[b]! || a - b).slice(0, count);
  });
  const values = places.flatMap((own, row) => own.map((place) => x!.cells[row * width + place]!));
  const dims = [rows, count];
  return [
    { ...x!, dims, cells: values },
    { dims, cells: places.flat(), single: false },
  ];
};
