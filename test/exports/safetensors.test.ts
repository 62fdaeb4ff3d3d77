// Safetensors, read by a reader as strict as the format's own: no gaps, no overlaps, names in the header alone.

import t from 'tap';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { type ExportOptions, writeExport } from '../../src/exports/formats.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { type ExportedJson, predictFromJson } from '../support/json-reader.js';

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Read {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As github.com/huggingface/safetensors, README, "Format", with the checks of its deserialiser. */
function read(bytes: Uint8Array): Read {
  const file = Buffer.from(bytes);
  const start = 8 + Number(file.readBigUInt64LE(0));
  if (start > file.length || start > 100_000_000 || file[8] !== 0x7b) throw new Error('header');
  const { __metadata__: metadata, ...entries } = JSON.parse(file.subarray(8, start).toString());
  for (const value of Object.values(metadata)) if (typeof value !== 'string') throw new Error('metadata');
  let end = 0;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(entries)) {
    const {
      dtype,
      shape,
      data_offsets: at,
    } = entry as {
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly data_offsets: readonly [number, number];
    };
    const length = shape.reduce((product, size) => product * size, 1);
    if (dtype !== 'F32' || at[0] !== end || at[1] - at[0] !== 4 * length) throw new Error(name);
    end = at[1];
    const values = Float32Array.from({ length }, (_, i) => file.readFloatLE(start + at[0] + 4 * i));
    tensors.set(name, { shape, values });
  }
  if (start + end !== file.length) throw new Error('something follows');
  return { tensors, metadata };
}

const write = async (ensemble: TrainedEnsemble, options: Omit<ExportOptions, 'format'> = {}) =>
  read(await writeExport(ensemble, { format: 'safetensors', ...options }));

const dataset = clusters(90, 25, 3);

t.test('weights are there by member and layer, to the bit', async (t) => {
  const ensemble = await trainEnsemble(dataset, { members: 3, hidden: [4], epochs: 3, seed: 1 });
  const { tensors, metadata } = await write(ensemble);
  t.same(
    [...tensors].slice(0, 4).map(([name, { shape }]) => [name, shape]),
    [
      ['member.0.layer.1.weight', [25, 4]],
      ['member.0.layer.1.bias', [4]],
      ['member.0.layer.2.weight', [4, 3]],
      ['member.0.layer.2.bias', [3]],
    ],
  );
  t.equal(tensors.size, 12);
  for (const { index, parameters } of ensemble.members) {
    const own = [...tensors].filter(([name]) => name.startsWith(`member.${index}.`));
    t.same(
      own.flatMap(([, { values }]) => [...values]),
      [...parameters],
    );
  }
  t.equal(metadata.format, 'tutti-ensemble');
});

t.test('header and weights say all that predicting takes', async (t) => {
  const options = { image: '5x5', layers: ['conv 3@3x3', 'maxpool 2'], hidden: [5] };
  const ensemble = await trainEnsemble(dataset, { members: 2, epochs: 4, seed: 1, ...options });
  const { tensors, metadata } = await write(ensemble, { aggregator: 'geometricMean' });
  const described = JSON.parse(metadata.ensemble!);
  t.same(
    described.members[1].layers.map((layer: { kind: string; weight?: string }) => [layer.kind, layer.weight]),
    [
      ['conv2d', 'member.1.layer.1.weight'],
      ['maxPool', undefined],
      ['dense', 'member.1.layer.3.weight'],
      ['dense', 'member.1.layer.4.weight'],
    ],
    'a pool has a number too',
  );
  // With the weights in the places of their names it is what the JSON format is.
  const filled = JSON.parse(metadata.ensemble!, (key, value) =>
    (key === 'weight' || key === 'bias') && typeof value === 'string' ? nested(tensors.get(value)!) : value,
  ) as ExportedJson;
  const rows = Array.from({ length: 20 }, (_, row) => [...dataset.x.subarray(25 * row, 25 * row + 25)]);
  const { mean } = predictFromJson(filled, rows);
  const expected = await predictEnsemble(ensemble, dataset, { aggregator: 'geometricMean' });
  const off = mean.flat().map((value, at) => Math.abs(value - expected.mean[at]!));
  t.ok(Math.max(...off) < 1e-5, `${Math.max(...off)}`);
});

function nested({ shape, values }: Tensor): unknown {
  const [length, ...inner] = shape;
  if (inner.length === 0) return [...values];
  const size = values.length / length!;
  return Array.from({ length: length! }, (_, at) =>
    nested({ shape: inner, values: values.subarray(at * size, (at + 1) * size) }),
  );
}

t.test('tensors begin at multiples of eight bytes, and the same bytes come again', async (t) => {
  const ensemble = await trainEnsemble(dataset, { members: 2, hidden: [3], epochs: 2, seed: 1 });
  const bytes = await writeExport(ensemble, { format: 'safetensors' });
  t.equal(Buffer.from(bytes).readBigUInt64LE(0) % 8n, 0n);
  t.same(await writeExport(ensemble, { format: 'safetensors' }), bytes);
});

t.test('members without layers are refused by name where there is nothing but layers', async (t) => {
  for (const [engine, named] of [
    ['neighbours', /got "?member 0, neighbours/],
    ['trees', /got "?member 0, boosted trees/],
  ] as const) {
    const ensemble = await trainEnsemble(dataset, { members: 1, seed: 1, engine });
    for (const format of ['safetensors', 'tfjs'] as const) {
      await t.rejects(writeExport(ensemble, { format }), { code: 'ERR_OPTION', message: named });
      await t.rejects(writeExport(ensemble, { format }), /ONNX and JSON have trees and neighbours too/);
    }
  }
});

t.test('masks of a net are refused by name', async (t) => {
  const { maskEnsemble } = await import('../../src/studies/masks/masks.js');
  const trained = await trainEnsemble(dataset, { members: 2, seed: 1, hiddenKeep: 0.5, epochs: 2 });
  for (const format of ['safetensors', 'json'] as const)
    await t.rejects(writeExport(maskEnsemble(trained, 3), { format }), {
      code: 'ERR_OPTION',
      message: /masks/,
    });
});
