// An ensemble of a workload's shape for ONNX Runtime, with random weights: written in each of the ways that one would
// try, because which of them is fastest depends on the rows and the shape.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gaussianStream, type Workload } from '../workloads.js';
import { GraphWriter } from './protobuf.js';

/**
 * `members`: a chain of Gemm for each member, then their mean. `batched`: all members in one MatMul a layer.
 * `joined`: the first layers of all members as one Gemm, because they read the same rows; then batched.
 */
export const GRAPHS = ['members', 'batched', 'joined'] as const;
export type Graph = (typeof GRAPHS)[number];

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
  const write = (name: string, fill: (graph: GraphWriter) => void) => {
    const graph = new GraphWriter();
    fill(graph);
    writeFileSync(join(folder, `${name}.onnx`), graph.model(features, outputs));
  };
  write('members', (graph) => chains(graph, members, softmax));
  write('batched', (graph) => batched(graph, members, softmax, 'x', 0));
  write('joined', (graph) => joined(graph, members, softmax));
  for (const [index, member] of members.entries())
    write(String(index), (graph) => chains(graph, [member], softmax));
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

function chains(graph: GraphWriter, members: readonly Member[], softmax: boolean): void {
  const finals = members.map((layers, k) => {
    let current = 'x';
    for (const [l, { inputs, units, w, b }] of layers.entries()) {
      const at = `${k}.${l}`;
      const weights = [graph.constant(`w${at}`, [inputs, units], w), graph.constant(`b${at}`, [units], b)];
      current = graph.node('Gemm', [current, ...weights], `a${at}`);
      current = activated(graph, current, at, l === layers.length - 1, softmax);
    }
    return current;
  });
  graph.node('Mean', finals, 'y');
}

/** Layers `from` and after of all members at once, on [rows, features] or [members, rows, units]. */
function batched(
  graph: GraphWriter,
  members: readonly Member[],
  softmax: boolean,
  input: string,
  from: number,
): void {
  const layers = members[0]!;
  const k = members.length;
  let current = input;
  for (let l = from; l < layers.length; l++) {
    const { inputs, units } = layers[l]!;
    const w = graph.constant(`w${l}`, [k, inputs, units], concatenate(members.map((member) => member[l]!.w)));
    const b = graph.constant(`b${l}`, [k, 1, units], concatenate(members.map((member) => member[l]!.b)));
    current = graph.node('Add', [graph.node('MatMul', [current, w], `m${l}`), b], `a${l}`);
    current = activated(graph, current, String(l), l === layers.length - 1, softmax);
  }
  graph.node('ReduceMean', [current], 'y', { axes: [0], keepdims: 0 });
}

function joined(graph: GraphWriter, members: readonly Member[], softmax: boolean): void {
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
  const hidden = graph.node('Relu', [graph.node('Gemm', ['x', ...first], 'a')], 'h');
  const shape = graph.constant('shape', [3], new BigInt64Array([-1n, BigInt(k), BigInt(units)]));
  const apart = graph.node('Reshape', [hidden, shape], 'apart');
  const byMember = graph.node('Transpose', [apart], 'byMember', { perm: [1, 0, 2] });
  batched(graph, members, softmax, byMember, 1);
}

function activated(graph: GraphWriter, current: string, at: string, last: boolean, softmax: boolean): string {
  if (!last) return graph.node('Relu', [current], `h${at}`);
  return softmax ? graph.node('Softmax', [current], `p${at}`) : current;
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
