// Programs that are broken in one place each: the error says where.
import t from 'tap';
import { TuttiError } from '../../src/errors.js';
import type { Program } from '../../src/kernels/program.js';
import { ProgramBuilder } from '../../src/kernels/program-builder.js';
import { writeUpdate } from '../../src/kernels/update-block.js';
import { type StepLimit, validateProgram } from '../../src/kernels/validate-program.js';
import { windowGeometry } from '../../src/model/windows.js';

const BYTES = 65536;
const X = 1024;
const OUT = 8192;
const W = 16384;
const GRADIENT = 24576;
const SCRATCH = 32768;
const UPDATE = 61440;
const PROGRAM = 62464;
const COUNT = { stepOffset: 4 };
const PANELS = { stepOffset: 8 };
const INDICES = { stepOffset: 0 };
const LIMITS: readonly StepLimit[] = [
  { field: INDICES, start: X, end: X + 64 },
  { field: COUNT, most: 16 },
  { field: PANELS, most: 2 },
];

/** Builds a program of one segment and validates it, after `spoil` has been at it. */
function validated(
  write: (calls: ProgramBuilder) => void,
  spoil: (words: Uint32Array, program: Program) => void = () => {},
  limits = LIMITS,
): string {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  writeUpdate(memory, UPDATE, { kind: 'store', gradientOffset: GRADIENT - W });
  const calls = new ProgramBuilder();
  calls.segment(() => write(calls));
  const program = calls.build(memory.buffer, PROGRAM);
  spoil(new Uint32Array(memory.buffer, PROGRAM, program.bytes / 4), program);
  try {
    validateProgram(memory.buffer, program, limits);
    return 'fine';
  } catch (error) {
    if (error instanceof TuttiError && error.code === 'ERR_INTERNAL') return error.message;
    throw error;
  }
}

const forward = (calls: ProgramBuilder) => calls.forward(X, 256, PANELS, 7, W, 12, OUT, 384, 0);
/** Of the forward call above: its first word, in words from the program. */
const CALL = 4 + 4 + 2;
const geometry = windowGeometry({ channels: 1, height: 5, width: 5 }, [3, 3], [1, 1], 'same');
const pool = (calls: ProgramBuilder) =>
  calls.averagePool(calls.windows(geometry), X, 896, 1, OUT, 896, SCRATCH);
const weightGradient = (calls: ProgramBuilder) =>
  calls.weightGradient(X, 256, 1, 7, OUT, 384, 12, W, SCRATCH, UPDATE);

t.test('programs that are as they should be', (t) => {
  t.equal(validated(forward), 'fine');
  t.equal(validated(pool), 'fine');
  t.equal(validated(weightGradient), 'fine');
  t.equal(
    validated((calls) => calls.gatherLabels(X, INDICES, COUNT, OUT)),
    'fine',
  );
  t.equal(
    validated(() => {}),
    'fine',
  );
  t.end();
});

t.test('arguments that lead out of the memory, or where they must not', (t) => {
  const cases: [string, RegExp, (calls: ProgramBuilder) => void][] = [
    [
      'beyond the end',
      /argument out of forward to be within/,
      (c) => c.forward(X, 256, 2, 7, W, 12, BYTES - 384, 384, 0),
    ],
    [
      'beyond the end by a field of the step block',
      /argument out of forward/,
      (c) => c.forward(X, 256, PANELS, 7, W, 12, BYTES - 384, 384, 0),
    ],
    ['too low', /argument x of forward to be within/, (c) => c.forward(512, 256, 2, 7, W, 12, OUT, 384, 0)],
    [
      'nothing, where something is needed',
      /argument x of forward/,
      (c) => c.forward(0, 256, 2, 7, W, 12, OUT, 384, 0),
    ],
    ['too many units', /argument w of forward/, (c) => c.forward(X, 256, 1, 7, W, 1800, OUT, 57600, 0)],
    [
      'not aligned',
      /argument x of forward to be a multiple of 16/,
      (c) => c.forward(X + 4, 256, 2, 7, W, 12, OUT, 384, 0),
    ],
    [
      'a crooked stride',
      /argument xStride of forward to be a multiple of 128/,
      (c) => c.forward(X, 272, 2, 7, W, 12, OUT, 384, 0),
    ],
    [
      'a negative count',
      /argument inputs of forward to be at least 0, got -1/,
      (c) => c.forward(X, 256, 2, -1, W, 12, OUT, 384, 0),
    ],
    [
      'into the program',
      /argument out of forward to be written outside of the program/,
      (c) => c.forward(X, 256, 1, 7, W, 12, PROGRAM - 384 + 16, 384, 0),
    ],
    [
      'a record outside of the program',
      /argument windows of averagePool to be a record within the program/,
      (c) => c.averagePool(X, X, 896, 1, OUT, 896, SCRATCH),
    ],
    [
      'an update elsewhere',
      /argument update of weightGradient to be an update block/,
      (c) => {
        c.weightGradient(X, 256, 1, 7, OUT, 384, 12, W, SCRATCH, PROGRAM);
      },
    ],
    [
      'a gradient beyond the end',
      /argument update of weightGradient/,
      (c) => {
        c.weightGradient(X, 256, 1, 7, OUT, 384, 12, BYTES - 512, SCRATCH, UPDATE);
      },
    ],
    [
      'a field without a limit',
      /argument panels of clear to be fixed, or a field with a limit/,
      (c) => c.clear(OUT, 128, { stepOffset: 60 }),
    ],
    [
      'a field of another kind',
      /argument panels of clear to be a field for arguments of its kind/,
      (c) => c.clear(OUT, 128, INDICES),
    ],
    [
      'a field beyond the step block',
      /argument panels of clear to be a field within 128 bytes/,
      (c) => c.clear(OUT, 128, { stepOffset: 128 }),
    ],
  ];
  for (const [name, message, write] of cases) t.match(validated(write), message, name);
  t.end();
});

t.test('words that do not belong together', (t) => {
  const cases: [string, RegExp, (words: Uint32Array, program: Program) => void][] = [
    ['another table', /its first word/, (words) => words[0]!++],
    ['another length', /its length/, (words) => (words[1]! += 16)],
    ['an unknown operation', /an operation to be below/, (words) => (words[CALL]! |= 127)],
    ['a call of another length', /the bytes of a call of forward/, (words) => (words[CALL]! += 4 << 8)],
    [
      'a segment that ends within a call',
      /a call of forward to be within|whole calls/,
      (words) => (words[5]! -= 4),
    ],
    ['a segment that begins within a call', /the bytes of a call/, (words) => (words[4]! += 4)],
    ['a patch that is missing', /the patches of a segment/, (words) => (words[7]! -= 8)],
    ['a patch beside the arguments', /a patch to be the place of an argument/, (words) => (words[8]! -= 12)],
  ];
  for (const [name, message, spoil] of cases) t.match(validated(forward, spoil), message, name);
  const outside = (words: Uint32Array) => (words[words.length - 1]! ^= 32);
  t.match(validated(pool, outside), /argument windows of averagePool to be what follows/, 'a spoilt corner');
  t.end();
});

t.test('segments that lie in each other', (t) => {
  const nested = (calls: ProgramBuilder) => {
    calls.clear(OUT, 128, PANELS);
    calls.segment(() => calls.clear(OUT, 256, PANELS));
    calls.segment(() => {});
    calls.clear(OUT, 384, PANELS);
  };
  t.equal(validated(nested), 'fine');
  t.end();
});
