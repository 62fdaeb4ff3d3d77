// The folders of src in one order, bottom to top: a file may import from its own folder and those before it, never
// from one after. The linter's rules are written from it, and test/rooms.test.ts holds every import against it.

/** Modules right under src lie outside the folders: these below all of them, the others above. */
export const FOUNDATIONS: readonly string[] = [
  'errors',
  'option-names',
  'version',
  'installed',
  'supported-node',
];

/** Folders of src, bottom to top, with what each holds. */
export const ROOMS: readonly (readonly [folder: string, holds: string])[] = [
  ['math', 'randomness, statistics, elementary functions'],
  ['files', 'reading files of bounded size, writing them whole or not at all, plain data as bytes'],
  ['data/table', 'text cells by column, and what a cell can say: numbers, dates, labels, nothing'],
  ['data/readers', 'files to tables'],
  ['data/dataset', 'datasets in the user’s units, and how they are encoded'],
  ['data/columns', 'what each column is taken for, and why'],
  ['data/preprocessing', 'columns to numbers, fitted on the training rows'],
  ['data', 'from a file to datasets; splits and resamples'],
  ['model', 'the spec of a member as plain data, and the shapes that follow from it'],
  ['model/options', 'what a user may write about training, and how it becomes specs'],
  ['predictions', 'the shapes in which predictions travel'],
  ['predictions/aggregate', 'members’ predictions made one'],
  ['memory', 'the shared memory of a training, offset by offset'],
  ['kernels', 'the arithmetic of members in WebAssembly'],
  ['techniques', 'tangents, tangent distance, perturbations, sparse coding'],
  ['engines/shared', 'what an engine gives, and what several engines use'],
  ['engines/user-modules', 'modules of the user’s: read, allowed, tried out, imported'],
  ['engines/wasm', 'networks on tutti’s own kernels'],
  ['engines/neighbours', 'nearest-neighbour members'],
  ['engines/learner', 'members of the user’s own making'],
  ['engines/tfjs', 'members of TensorFlow.js'],
  ['measure/correlation', 'v, c, ρ and what follows from them'],
  ['measure/scores', 'scores of predictions, streamed'],
  ['measure', 'everything that is measured in one pass'],
  ['measure/foreign', 'predictions of other programs'],
  ['ensemble', 'a trained ensemble as plain data'],
  ['ensemble/predict', 'predicting with one'],
  ['ensemble/evaluate', 'measuring one, on held-out rows and out of bag'],
  ['ensemble/select', 'choosing its members'],
  ['bundle', 'an ensemble as a file'],
  ['training/session', 'what a training and whoever runs its members say to each other'],
  ['training/plan', 'before the first job: runs, memory, modules, what all members share'],
  ['training/thread', 'what runs where members are trained; no policy'],
  ['training/coordinator', 'what is next, retries, deadlines, what is kept; all policy'],
  ['training', 'training an ensemble from its options'],
  ['studies/attack', 'how scores fall as inputs are moved against an ensemble'],
  ['studies/masks', 'a dropout net as the ensemble it is'],
  ['studies', 'which source of chance matters; how sparse hidden layers are'],
  ['pool', 'members on threads'],
  ['cli/terminal', 'standard output and error, progress, signals, how a command ends'],
  ['cli/options', 'options of commands: flags, config file, help'],
  ['cli/files', 'input and output files of commands'],
  ['cli/text', 'results as text and JSON'],
  ['cli/commands', 'a module per command'],
  ['cli/commands/train', 'tutti train'],
  ['cli', 'the parser, and where the process begins'],
];

/** Dependencies that cost time to load or may be missing, each with the one module that imports it. */
export const IMPORTERS: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs-node': 'src/engines/tfjs/tensorflow.ts',
  'cli-progress': 'src/cli/terminal/progress-bars.ts',
  comlink: 'src/pool/hook-channel.ts',
  commander: 'src/cli/program.ts',
  'csv-parse': 'src/data/readers/csv.ts',
  msgpackr: 'src/files/plain-data.ts',
  picocolors: 'src/cli/terminal/terminal.ts',
  piscina: 'src/pool/threads.ts',
  yaml: 'src/cli/options/config-file.ts',
};
