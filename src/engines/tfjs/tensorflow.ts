// Loads TensorFlow.js with its native library: the only module that imports @tensorflow/tfjs-node, an optional
// peer. It knows how many threads TensorFlow may have and what its addon needs, and nothing of members.

import util from 'node:util';
import { TuttiError } from '../../errors.js';
import type { NativeBinding, TensorFlow } from './api.js';

/** Not a literal where it is imported, so that the compiler does not look for its types. */
const PACKAGE: string = '@tensorflow/tfjs-node';

/**
 * What TensorFlow reads from the process's environment as it starts. One thread within an operation and one
 * between them, because members run in parallel already and a member's operations follow each other; no log
 * below errors; no oneDNN, whose order of sums depends on the processor, and which announces itself whatever the log
 * level on the processors it chooses to run on.
 */
const ENVIRONMENT = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_ENABLE_ONEDNN_OPTS: '0',
};

/** The attributes of every operation that tfjs-node 4.22 calls. */
const ATTRIBUTES = (
  'DstT Index N SrcT T TI T_threshold Taxis Tblock_shape Tcomplex Tcrops Tidx Tindices Tlen ' +
  'Tmultiples Tnumsegments Tout Tpaddings Tparams Tperm Truncate Tshape acceptable_fraction adj_x ' +
  'adj_y align_corners alpha axis batch_dims begin_mask beta bias block_size channels ' +
  'chroma_downsampling compression container data_format dct_method density_unit depth_radius ' +
  'dilations dtype ellipsis_mask end_mask epsilon equation exclusive explicit_paddings ' +
  'extrapolation_value fancy_upscaling format half_pixel_centers index_type is_training keep_dims ' +
  'ksize method mode new_axis_mask num num_split optimize_size out_idx out_type output_dtype ' +
  'output_type pad_to_max_output_size padding pattern progressive quality rates ratio replace_global ' +
  'reverse rewrite seed seed2 shape shared_name shrink_axis_mask sorted strides transpose_a ' +
  'transpose_b try_recover_truncated use_cudnn_on_gpu validate_indices x_density xmp_metadata ' +
  'y_density'
).split(' ');

/** No number of an attribute's type. */
const NO_TYPE = -1;

let loaded: Promise<TensorFlow> | null = null;

/**
 * TensorFlow.js on this thread.
 *
 * Call it on the main thread before other threads do: only there does a change of `process.env` reach the
 * native library (elsewhere it is a copy, unless the thread shares it), and only one thread may be the first.
 * @param member that needs it, for the message.
 * @throws ERR_ENGINE_MISSING when the package is not installed or its native library does not load.
 */
export async function loadTensorFlow(member: number | null = null): Promise<TensorFlow> {
  loaded ??= load();
  try {
    return await loaded;
  } catch (error) {
    const who = member === null ? 'This needs TensorFlow.js' : `Member ${member} needs TensorFlow.js`;
    const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
    throw new TuttiError(
      'ERR_ENGINE_MISSING',
      `${who}: npm install ${PACKAGE}, or scripts/install-tfjs-node.sh of tutti where its download host is ` +
        `out of reach (${reason})`,
      { package: PACKAGE, ...(member === null ? {} : { member }) },
      error,
    );
  }
}

async function load(): Promise<TensorFlow> {
  for (const [name, value] of Object.entries(ENVIRONMENT)) process.env[name] ??= value;
  restoreUtil();
  const { default: tf } = (await import(/* webpackIgnore: true */ PACKAGE)) as {
    readonly default: TensorFlow;
  };
  nameAttributes(tf.backend().binding);
  return tf;
}

/** tfjs-node 4.22 calls functions of `util` that Node 23 removed, or deprecated, which it would warn of. */
function restoreUtil(): void {
  const functions: Partial<Record<'isNullOrUndefined' | 'isArray', (value: unknown) => boolean>> = util;
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined;
  functions.isArray = Array.isArray;
}

/**
 * The addon keeps the attribute names it has met in one set for all threads, without a lock. Naming them all
 * before a second thread calls it leaves nothing to insert: from then on threads only read.
 */
function nameAttributes(binding: NativeBinding): void {
  for (const name of ATTRIBUTES) {
    try {
      binding.executeOp('NoOp', [{ name, type: NO_TYPE, value: 0 }], [], 0);
    } catch {
      // No attribute has this type, which the addon finds after it has kept the name.
    }
  }
}
