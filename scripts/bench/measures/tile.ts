// The kernels' inner tile in its real use, one thread: the three products of a dense layer, in the shapes of
// W2's and W4's large layers, against a native matrix product measured in the same rounds.

import { NATIVES } from '../contenders.js';
import type { ContenderProcess, KernelName } from '../protocol.js';
import { interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import { NATIVE_SHAPE } from './peak.js';

export interface TileRow {
  readonly contender: string;
  readonly kernel: KernelName;
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  /** Adam's work counts as time, not as operations. */
  readonly gflops: Spread;
  /** Median over the best product of the fastest library, 1024³; null when none could be measured. */
  readonly shareOfNative: number | null;
  /** The same, of products of the same shape. */
  readonly shareOfNativeShape: number | null;
}

const LAYERS = [
  { batch: 64, inputs: 784, units: 256 },
  { batch: 64, inputs: 256, units: 128 },
  { batch: 128, inputs: 1024, units: 1024 },
];
const KERNELS: readonly KernelName[] = ['forward', 'inputGradient', 'weightGradient'];
/** Each figure is a maximum over many short bursts, so a short look suffices. */
const LOOK_SECONDS = 0.1;

interface Figure {
  readonly name: string;
  readonly process: ContenderProcess;
  readonly look: () => Promise<{ gflops: number }>;
  readonly layer: (typeof LAYERS)[number] | null;
  readonly kernel: KernelName | null;
}

export async function measureTile(session: Session): Promise<TileRow[]> {
  const names = ['kernels', 'kernels-wasm', 'kernels-strict', ...NATIVES];
  const figures: Figure[] = [];
  for (const name of names) {
    const process = await session.start('tile', name, 1);
    if (process !== null)
      figures.push(...(NATIVES.includes(name) ? nativeFigures : kernelFigures)(name, process));
  }
  const samples = await interleave(
    figures,
    session.options.rounds,
    async (figure) => (await figure.look()).gflops,
    (figure, error) => session.leaveOut(`tile ${figure.kernel ?? 'product'}`, figure.name, error),
  );
  await Promise.all([...new Set(figures.map((figure) => figure.process))].map((process) => process.stop()));
  return [...samples].flatMap(([figure, taken]) => rowOf(figure, taken, samples));
}

function kernelFigures(name: string, process: ContenderProcess): Figure[] {
  return LAYERS.flatMap((layer) =>
    KERNELS.map((kernel) => {
      const look = () => process.ask('kernel', { kernel, ...layer, minSeconds: LOOK_SECONDS });
      return { name, process, layer, kernel, look };
    }),
  );
}

function nativeFigures(name: string, process: ContenderProcess): Figure[] {
  const product = (layer: (typeof LAYERS)[number] | null, kernel: KernelName | null): Figure => {
    const shape = layer === null ? NATIVE_SHAPE : shapeOf(kernel!, layer);
    const look = () => process.ask('sgemm', { shape, minSeconds: LOOK_SECONDS });
    return { name, process, layer, kernel, look };
  };
  return [product(null, null), ...LAYERS.flatMap((layer) => KERNELS.map((kernel) => product(layer, kernel)))];
}

/** [m, n, k] of a layer's product. */
function shapeOf(
  kernel: KernelName,
  { batch, inputs, units }: (typeof LAYERS)[number],
): [number, number, number] {
  if (kernel === 'forward') return [batch, units, inputs];
  return kernel === 'inputGradient' ? [batch, inputs, units] : [inputs, units, batch];
}

function rowOf(figure: Figure, taken: readonly number[], samples: ReadonlyMap<Figure, number[]>): TileRow[] {
  const { kernel, layer } = figure;
  if (kernel === null || layer === null) return [];
  const native = (match: (other: Figure) => boolean) => {
    const found = [...samples].filter(([other]) => NATIVES.includes(other.name) && match(other));
    return found.length === 0 ? null : Math.max(...found.flatMap(([, taken]) => taken));
  };
  const gflops = spread(taken);
  const share = (limit: number | null) => (limit === null ? null : gflops.median / limit);
  return [
    {
      contender: figure.name,
      kernel,
      ...layer,
      gflops,
      shareOfNative: share(native((other) => other.kernel === null)),
      shareOfNativeShape: share(native((other) => other.kernel === kernel && other.layer === layer)),
    },
  ];
}
