// What follows from the table of operations: the dispatchers of both executors, and the calls as TypeScript sees them.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type ArgumentKind, OPERATIONS, type Operation } from '../../src/kernels/operations.js';

const HEAD =
  'Written by `node dist/scripts/operation-code.js` from src/kernels/operations.ts: change it there.';

/** By name, in the order of their numbers. */
const TABLE: readonly (readonly [string, Operation])[] = Object.entries(OPERATIONS);

/** Files by their path in the project. */
export function operationCode(): Readonly<Record<string, string>> {
  return {
    'src/kernels/operation-calls.ts': calls(),
    'src/kernels/assembly/dispatch.ts': assemblyDispatch(),
    'src/kernels/native/dispatch.h': nativeDispatch(),
  };
}

/** Told apart by executors that were built from another table: the first word of every program. */
function fingerprint(): number {
  return createHash('sha256').update(JSON.stringify(TABLE)).digest().readUInt32LE(0);
}

function calls(): string {
  const methods = TABLE.map(([name, { args }], number) => {
    const names = args.map(([argument]) => argument);
    const taken = names.map((argument) => `${argument}: Operand`);
    return `  ${name}(${taken.join(', ')}): void { this.note(${number}, [${names.join(', ')}]); }\n`;
  });
  const floats = TABLE.map(([, { args }]) =>
    args.reduce((mask, [, kind], at) => (kind === 'f32' ? mask | (1 << at) : mask), 0),
  );
  return `// ${HEAD}

import type { Operand } from './operand.js';

/** Identifies the table of operations: the first word of every program. */
export const OPERATIONS_FINGERPRINT = 0x${fingerprint().toString(16).padStart(8, '0')};

/** Of each operation, by its number, which of its arguments are floats: a bit for each, the first the lowest. */
// biome-ignore format: a line
export const FLOAT_ARGUMENTS: readonly number[] = [${floats.join(', ')}];

/** Takes calls of operations, to note them or to make them. */
// biome-ignore format: a line each
export abstract class Calls {
  /** A call of the operation of this number, with all its arguments. */
  protected abstract note(opcode: number, operands: readonly Operand[]): void;

${methods.join('')}}
`;
}

const ASSEMBLY = new URL('../../../src/kernels/assembly/', import.meta.url);

/** The file of src/kernels/assembly that exports a function, by its name. */
function assemblyFiles(): ReadonlyMap<string, string> {
  const files = readdirSync(ASSEMBLY).flatMap((file) => {
    const text = readFileSync(new URL(file, ASSEMBLY), 'utf8');
    const names = [...text.matchAll(/^export function (\w+)/gm)];
    return names.map(([, name]) => [name!, file.replace('.ts', '')] as const);
  });
  return new Map(files);
}

function assemblyDispatch(): string {
  const imports = importLines();
  const cases = TABLE.map(([name, { args, returnsLoss }], number) => {
    const list = args.map(([, kind], index) => `${assemblyLoad(kind)}(c, ${index})`).join(', ');
    return returnsLoss
      ? `    case ${number}: return ${name}(${list});\n`
      : `    case ${number}: ${name}(${list}); return 0;\n`;
  });
  return `// ${HEAD}
${imports}
/** Argument \`index\` of the call at \`c\`: an address or a stride. */
// @ts-ignore: decorator
@inline
function a(c: usize, index: usize): usize {
  return load<u32>(c + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function i(c: usize, index: usize): i32 {
  return load<i32>(c + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function f(c: usize, index: usize): f32 {
  return load<f32>(c + 4 + (index << 2));
}

/** The first word of a program for this table. */
export const FINGERPRINT: u32 = 0x${fingerprint().toString(16).padStart(8, '0')};

/** Makes the call at \`c\`; returns its loss, or 0. */
// @ts-ignore: decorator
@inline
export function dispatch(c: usize): f64 {
  switch (load<u32>(c) & 127) {
${cases.join('')}    default: return NaN;
  }
}
`;
}

function importLines(): string {
  const files = assemblyFiles();
  const byFile = new Map<string, string[]>();
  for (const [name] of TABLE) {
    const from = files.get(name);
    if (from === undefined) throw new Error(`Expected a function ${name} in src/kernels/assembly`);
    byFile.set(from, [...(byFile.get(from) ?? []), name]);
  }
  return [...byFile.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => `import { ${names.sort().join(', ')} } from './${from}';\n`)
    .join('');
}

function assemblyLoad(kind: ArgumentKind): 'a' | 'i' | 'f' {
  if (kind === 'f32') return 'f';
  return kind === 'count' || kind === 'kind' || kind === 'key' ? 'i' : 'a';
}

const C_TYPES: Readonly<Record<ArgumentKind, string>> = {
  'f32[]': 'float *',
  'f32[]?': 'float *',
  'u32[]': 'uint32_t *',
  'i32[]': 'int32_t *',
  'i32[]?': 'int32_t *',
  'i8[]': 'int8_t *',
  windows: 'const struct windows *',
  update: 'const struct update *',
  stride: 'size_t ',
  count: 'int32_t ',
  kind: 'int32_t ',
  key: 'uint32_t ',
  f32: 'float ',
};

/** An operation of C takes the memory first where its update finds weights' neighbours by their addresses. */
function takesMemory({ args }: Operation): boolean {
  return args.some(([, kind]) => kind === 'update');
}

function nativeLoad(kind: ArgumentKind, index: number): string {
  if (kind === 'f32') return `FLOAT(${index})`;
  if (kind === 'stride') return `(size_t)WORD(${index})`;
  if (kind === 'key') return `WORD(${index})`;
  if (kind === 'count' || kind === 'kind') return `(int32_t)WORD(${index})`;
  const type = C_TYPES[kind].trim();
  return kind.endsWith('?') ? `(${type})PLACE_OR_NULL(${index})` : `(${type})PLACE(${index})`;
}

function nativeDispatch(): string {
  const prototypes = TABLE.map(([name, operation]) => {
    const list = operation.args.map(([argument, kind]) => `${C_TYPES[kind]}${snake(argument)}`);
    const all = takesMemory(operation) ? ['char *memory', ...list] : list;
    return `static ${operation.returnsLoss ? 'double' : 'void'} ${functionName(name)}(${all.join(', ')});\n`;
  });
  const cases = TABLE.map(([name, operation], number) => {
    const list = operation.args.map(([, kind], index) => nativeLoad(kind, index));
    const all = takesMemory(operation) ? ['memory', ...list] : list;
    const call = `${functionName(name)}(${all.join(', ')})`;
    return operation.returnsLoss
      ? `  case ${number}: return ${call};\n`
      : `  case ${number}: ${call}; return 0;\n`;
  });
  return `// ${HEAD}
#define FINGERPRINT 0x${fingerprint().toString(16).padStart(8, '0')}u
#define OPERATION_COUNT ${TABLE.length}

${prototypes.join('')}
/** Makes the call at \`call\`; returns its loss, or 0. */
static inline double dispatch(char *memory, const uint32_t *call) {
#define WORD(index) call[1 + (index)]
#define FLOAT(index) (((const float *)call)[1 + (index)])
#define PLACE(index) (memory + WORD(index))
#define PLACE_OR_NULL(index) (WORD(index) ? memory + WORD(index) : NULL)
  switch (call[0] & 127) {
${cases.join('')}  default: return NAN;
  }
#undef WORD
#undef FLOAT
#undef PLACE
#undef PLACE_OR_NULL
}
`;
}

/** With a prefix, because the C library has an `exp` too. */
function functionName(name: string): string {
  return `op_${snake(name)}`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
