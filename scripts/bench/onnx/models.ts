// An ensemble of a workload's shape for ONNX Runtime, with random weights: written in each of the ways that one would
// try, because which of them is fastest depends on the rows and the shape.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graph, type Value } from '../../../src/exports/onnx/graph.js';
import { gaussianStream, type Workload } from '../workloads.js';

/**
 * `members`: a chain of Gemm for each member, then their mean. `batched`: all members in one MatMul a layer.
 * `joined`: the first layers of all members as one Gemm, because they read the same rows; then batched.
 */
export const GRAPHS = ['members', 'batched', 'joined'] as const;

interface Layer {
  readonly inputs: number;
  readonly units: number;
  /** [inputs, units], row-major. */
  readonly w: Float32Array<ArrayBuffer>;
  readonly b: Float32Array<ArrayBuffer>;
}
/** Layers from input to output. */
type Member = readonly Layer[];

/** Writes `members.onnx`, `batched.onnx`, `joined.onnx`, and a model of each member alone, `0.onnx` and so on. */
export function writeModels(workload: Workload, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const members = drawMembers(workload);
  const softmax = workload.task === 'classification';
  const [features, outputs] = [workload.sizes[0]!, workload.sizes.at(-1)!];
  const write = (name: string, fill: (graph: Graph, x: Value) => Value) => {
    const graph = new Graph();
    const x = graph.input('x', 'float', ['rows', features]);
    graph.output('y', fill(graph, x), 'float', ['rows', outputs]);
    writeFileSync(join(folder, `${name}.onnx`), graph.bytes('ensemble', '', {}));
  };
  write('members', (graph, x) => chains(graph, x, members, softmax));
  write('batched', (graph, x) => batched(graph, members, softmax, x, 0));
  write('joined', (graph, x) => joined(graph, x, members, softmax));
  for (const [index, member] of members.entries())
    write(String(index), (graph, x) => chains(graph, x, [member], softmax));
}

function drawMembers({ members, sizes }: Workload): Member[] {
  const gaussian = gaussianStream(1);
  const draw = (inputs: number, units: number): Layer => ({
    inputs,
    units,
    w: Float32Array.from({ length: inputs * units }, () => Math.sqrt(2 / inputs) * gaussian()),
    b: Float32Array.from({ length: units }, () => 0.1 * gaussian()),
  });
  return Array.from({ length: members }, () =>
    sizes.slice(1).map((units, index) => draw(sizes[index]!, units)),
  );
}

function chains(graph: Graph, x: Value, members: readonly Member[], softmax: boolean): Value {
  const finals = members.map((layers) => {
    let current = x;
    for (const [l, { inputs, units, w, b }] of layers.entries()) {
      const weights = [graph.constant('w', [inputs, units], w), graph.constant('b', [units], b)];
      current = graph.node('Gemm', [current, ...weights]);
      current = activated(graph, current, l === layers.length - 1, softmax);
    }
    return current;
  });
  return graph.node('Mean', finals);
}

/** Layers `from` and after of all members at once, on [rows, features] or [members, rows, units]. */
function batched(
  graph: Graph,
  members: readonly Member[],
  softmax: boolean,
  input: Value,
  from: number,
): Value {
  const layers = members[0]!;
  const k = members.length;
  let current = input;
  for (let l = from; l < layers.length; l++) {
    const { inputs, units } = layers[l]!;
    const w = graph.constant('w', [k, inputs, units], concatenate(members.map((member) => member[l]!.w)));
    const b = graph.constant('b', [k, 1, units], concatenate(members.map((member) => member[l]!.b)));
    current = graph.node('Add', [graph.node('MatMul', [current, w]), b]);
    current = activated(graph, current, l === layers.length - 1, softmax);
  }
  return graph.node('ReduceMean', [current], { axes: [0], keepdims: 0 });
}

function joined(graph: Graph, x: Value, members: readonly Member[], softmax: boolean): Value {
  const { inputs, units } = members[0]![0]!;
  const k = members.length;
  const w = new Float32Array(inputs * k * units);
  for (const [index, member] of members.entries()) {
    for (let i = 0; i < inputs; i++)
      w.set(member[0]!.w.subarray(i * units, (i + 1) * units), (i * k + index) * units);
  }
  const first = [
    graph.constant('w', [inputs, k * units], w),
    graph.constant('b', [k * units], concatenate(members.map((member) => member[0]!.b))),
  ];
  const hidden = graph.node('Relu', [graph.node('Gemm', [x, ...first])]);
  const apart = graph.node('Reshape', [hidden, graph.integers('shape', [-1, k, units])]);
  return batched(graph, members, softmax, graph.node('Transpose', [apart], { perm: [1, 0, 2] }), 1);
}

function activated(graph: Graph, current: Value, last: boolean, softmax: boolean): Value {
  if (!last) return graph.node('Relu', [current]);
  return softmax ? graph.node('Softmax', [current]) : current;
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
