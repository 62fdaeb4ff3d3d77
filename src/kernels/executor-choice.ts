// Which executor runs programs here: WebAssembly, which every machine has and which defines every byte, or native code,
// which gives the same bytes sooner. The choice is made once in a process, on the thread that starts a training, and is in
// no plan and no hash.

import { describe, TuttiError } from '../errors.js';
import type { Arithmetic } from '../model/spec.js';
import { environmentVariable } from '../node-builtins.js';
import { compileKernels } from './compile-kernels.js';
import type { ExecutorCode } from './executor.js';
import { type InstructionSet, type LoadedAddon, loadAddon, type NativeAddon } from './native-addon.js';
import { passesSelfTest } from './self-test.js';

/** An executor, and why not another. */
export interface ExecutorChoice {
  /** Null for WebAssembly. */
  readonly native: NativeCode | null;
  readonly why: string;
  /** What would make it faster; null where nothing would. */
  readonly remedy: string | null;
}

type NativeCode = Exclude<ExecutorCode, { name: 'wasm' }>;

/** What TUTTI_EXECUTOR may say; nothing is `auto`. */
const WANTED = ['auto', 'wasm', 'native', 'native-avx512', 'native-avx2', 'native-neon'] as const;
type Wanted = (typeof WANTED)[number];

const made = new Map<Wanted, ExecutorChoice>();

/**
 * The executor for an arithmetic: native for fused where there is an addon that gives the right bytes, else WebAssembly.
 * TUTTI_EXECUTOR=wasm, native, native-avx512, native-avx2 or native-neon decides by hand; strict arithmetic is always
 * WebAssembly's.
 * @throws ERR_EXECUTOR when TUTTI_EXECUTOR says something else, or asks for native code that is not here.
 */
export function chooseExecutor(arithmetic: Arithmetic): ExecutorChoice {
  const wanted = wantedExecutor();
  if (arithmetic === 'strict') return webAssembly('strict arithmetic is of WebAssembly alone', null);
  const choice = made.get(wanted) ?? decide(wanted);
  made.set(wanted, choice);
  return choice;
}

const modules = new Map<Arithmetic, ExecutorCode>();

/**
 * The code of the chosen executor, the same object each time.
 * @throws ERR_EXECUTOR
 */
export function executorCode(arithmetic: Arithmetic): ExecutorCode {
  const { native } = chooseExecutor(arithmetic);
  if (native !== null) return native;
  const code = modules.get(arithmetic) ?? { name: 'wasm', module: compileKernels(arithmetic) };
  modules.set(arithmetic, code);
  return code;
}

function wantedExecutor(): Wanted {
  const value = environmentVariable('TUTTI_EXECUTOR');
  if (value === undefined || value === '') return 'auto';
  const wanted = WANTED.find((name) => name === value);
  if (wanted !== undefined) return wanted;
  throw new TuttiError(
    'ERR_EXECUTOR',
    `Expected TUTTI_EXECUTOR to be one of ${WANTED.join(', ')}, got ${describe(value)}`,
  );
}

function decide(wanted: Wanted): ExecutorChoice {
  if (wanted === 'wasm') return webAssembly('TUTTI_EXECUTOR says so', 'unset TUTTI_EXECUTOR');
  const loaded = loadAddon();
  const choice =
    'missing' in loaded ? webAssembly(loaded.missing, loaded.remedy) : nativeChoice(loaded, wanted);
  if (wanted === 'auto' || choice.native !== null) return choice;
  const { why, remedy } = choice;
  throw new TuttiError(
    'ERR_EXECUTOR',
    `Expected the native executor that TUTTI_EXECUTOR=${wanted} asks for, got none: ${why}; ${remedy ?? 'unset it'}`,
    { executor: wanted },
  );
}

function nativeChoice({ addon, path }: LoadedAddon, wanted: Wanted): ExecutorChoice {
  const isAnySet = wanted === 'auto' || wanted === 'native';
  const set = setsOf(addon).find((name) => isAnySet || wanted === `native-${name}`);
  const run = set && addon.runners[set];
  if (set === undefined || run === undefined) {
    const lacking = isAnySet ? 'AVX2 with FMA' : `what ${wanted} needs`;
    return webAssembly(`this processor or system has not ${lacking}`, null);
  }
  if (passesSelfTest(run))
    return { native: { name: `native-${set}`, addon: path }, why: `${path} has it`, remedy: null };
  return webAssembly(
    `native-${set} of ${path} computes other bytes than WebAssembly`,
    'report it: it never should',
  );
}

/** What there are runners for, the best first. */
export function setsOf({ runners }: NativeAddon): InstructionSet[] {
  const all: readonly InstructionSet[] = ['avx512', 'avx2', 'neon'];
  return all.filter((name) => runners[name] !== undefined);
}

function webAssembly(why: string, remedy: string | null): ExecutorChoice {
  return { native: null, why, remedy };
}
