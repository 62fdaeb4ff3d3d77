// ONNX Runtime where it is installed (scripts/install-onnxruntime.sh), for Node.js and for Python. With TUTTI_REQUIRE_ONNXRUNTIME=1 its absence is a failure.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | string | bigint>;
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly inputMetadata: readonly { readonly name: string; readonly type: string }[];
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
}

export interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<OnnxSession> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OnnxTensor;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${root}node_modules/.onnxruntime`;
const python = `${folder}/python/bin/python`;
const required = process.env.TUTTI_REQUIRE_ONNXRUNTIME === '1';

/** The runtime for Node.js; null where it is not there and need not be. */
export function onnxRuntime(): OnnxRuntime | null {
  try {
    return createRequire(`${folder}/node_modules/package.json`)('onnxruntime-node') as OnnxRuntime;
  } catch (error) {
    if (required) throw error;
    return null;
  }
}

/** The Python that has the runtime; null where there is none and need not be. */
export function onnxPython(): string | null {
  if (existsSync(python)) return python;
  if (required) throw new Error(`${python} is not there: run scripts/install-onnxruntime.sh`);
  return null;
}
