// Which vectors the contenders may use: the machine's widest, or AVX2 for all of them, so that a machine with AVX-512
// also tells what one without it would. And what this machine's processor has.

import { readFileSync } from 'node:fs';

/** `best`: whatever the processor has. `avx2`: nothing wider than 256 bits. */
export const INSTRUCTION_SETS = ['best', 'avx2'] as const;
export type InstructionSet = (typeof INSTRUCTION_SETS)[number];

export type ProcessorClass = 'AVX-512' | 'AVX2' | 'NEON' | '128-bit vectors';

/** Set for a contender's process; undefined takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * For every contender alike. Some machines pin OpenBLAS, which numpy uses, to older kernels: it may choose for itself
 * unless capped. JAX's library of products, YNNPACK, asks the processor itself; without it XLA's own loops reach as much
 * with AVX2 as it does when forced to AVX2. ONNX Runtime has no such setting, so it always uses the widest.
 */
const ENVIRONMENTS: Readonly<Record<InstructionSet, Environment>> = {
  best: { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined },
  avx2: {
    TUTTI_EXECUTOR: 'native-avx2',
    XLA_FLAGS: '--xla_cpu_max_isa=AVX2 --xla_cpu_experimental_ynn_fusion_type=',
    ATEN_CPU_CAPABILITY: 'avx2',
    ONEDNN_MAX_CPU_ISA: 'AVX2',
    MKL_ENABLE_INSTRUCTIONS: 'AVX2',
    OPENBLAS_CORETYPE: 'Haswell',
  },
};

export function environmentOf(isa: InstructionSet): Environment {
  return ENVIRONMENTS[isa];
}

/** The class whose table a run belongs to. */
export function processorClass(isa: InstructionSet): ProcessorClass {
  const widest = widestVectors();
  return isa === 'avx2' && widest === 'AVX-512' ? 'AVX2' : widest;
}

function widestVectors(): ProcessorClass {
  if (process.arch === 'arm64') return 'NEON';
  const flags = processorFlags();
  if (['avx512f', 'avx512dq', 'avx512bw', 'avx512vl'].every((flag) => flags.has(flag))) return 'AVX-512';
  return flags.has('avx2') && flags.has('fma') ? 'AVX2' : '128-bit vectors';
}

/** Empty where there is no /proc. */
function processorFlags(): ReadonlySet<string> {
  try {
    const [, flags = ''] = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return new Set(flags.trim().split(' '));
  } catch {
    return new Set();
  }
}
