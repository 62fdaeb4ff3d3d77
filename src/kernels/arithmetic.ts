// Which arithmetic this host can do: fused (one rounding per multiply-add) or strict (two).
// Results differ in the last bits between the two and never within one, so the choice is made once, by
// whoever starts a training, and recorded.
import { describe, TuttiError } from '../errors.js';
import type { Arithmetic } from '../model/spec.js';
import { environmentVariable, nodeBuiltin } from '../node-builtins.js';

/**
 * Makes relaxed SIMD compile where it can: Node 20 keeps it behind a V8 flag, which later versions have
 * removed and complain about. A flag, once set, holds for the process and its threads.
 * @returns whether f32x4.relaxed_madd validates now.
 */
export function enableRelaxedSimd(): boolean {
  if (WebAssembly.validate(PROBE)) return true;
  nodeBuiltin('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(PROBE);
}

/**
 * Resolves a requested arithmetic for this host. `auto` means fused where it validates and a probe shows a
 * single rounding, else strict; the environment variable TUTTI_ARITHMETIC (strict or fused) overrules auto.
 * @throws ERR_ARITHMETIC when the requested arithmetic cannot be done here.
 */
export function resolveArithmetic(requested: 'auto' | Arithmetic): Arithmetic {
  const wanted = requested === 'auto' ? fromEnvironment() : requested;
  if (wanted === 'strict') return 'strict';
  if (canFuse()) return 'fused';
  if (wanted === 'auto') return 'strict';
  throw new TuttiError(
    'ERR_ARITHMETIC',
    'This host cannot do fused arithmetic: its WebAssembly has no multiply-add with a single rounding.',
    { arithmetic: 'fused' },
  );
}

function fromEnvironment(): 'auto' | Arithmetic {
  const value = environmentVariable('TUTTI_ARITHMETIC');
  if (value === undefined || value === '' || value === 'auto') return 'auto';
  if (value === 'strict' || value === 'fused') return value;
  throw new TuttiError(
    'ERR_ARITHMETIC',
    `Expected TUTTI_ARITHMETIC to be strict, fused or auto, got ${describe(value)}`,
  );
}

let roundedOnce: boolean | undefined;

/** Whether WebAssembly multiplies and adds in one rounding here: asked for every training and prediction, and the same each time. */
export function canFuse(): boolean {
  roundedOnce ??= probeRounding();
  return roundedOnce;
}

/**
 * Whether f32x4.relaxed_madd rounds once: with a = 1 + 2⁻¹², a² − (1 + 2⁻¹¹) is 2⁻²⁴ then, and 0 when the
 * product is rounded first.
 */
function probeRounding(): boolean {
  if (!enableRelaxedSimd()) return false;
  const { madd } = new WebAssembly.Instance(new WebAssembly.Module(PROBE)).exports as {
    madd(a: number, b: number, c: number): number;
  };
  const a = 1 + 2 ** -12;
  return madd(a, a, -(1 + 2 ** -11)) === 2 ** -24;
}

/** (f32 a, f32 b, f32 c) → lane 0 of f32x4.relaxed_madd(splat a, splat b, splat c), as a binary module. */
const PROBE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version 1
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7d, 0x7d, 0x7d, 0x01, 0x7d], // type: (f32, f32, f32) → f32
  ...[0x03, 0x02, 0x01, 0x00], // one function of that type
  ...[0x07, 0x08, 0x01, 0x04, 0x6d, 0x61, 0x64, 0x64, 0x00, 0x00], // exported as "madd"
  ...[0x0a, 0x16, 0x01, 0x14, 0x00], // code: one body of 20 bytes, no locals
  ...[0x20, 0x00, 0xfd, 0x13, 0x20, 0x01, 0xfd, 0x13, 0x20, 0x02, 0xfd, 0x13], // splat the three
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0x00, 0x0b], // relaxed_madd, extract lane 0, end
]);
