// The options of embedded inputs: their records, and what they resolve to in a network's spec.

import { failOption } from '../../errors.js';
import type { InputRun, InputsSpec, NumberEmbedding } from '../inputs.js';
import { field, OWN_LAYERS } from './field.js';

const ofNetworks = { group: 'network', by: OWN_LAYERS } as const;

const KINDS = ['none', 'periodic', 'cosine', 'piecewiseLinear'] as const;

type Kind = (typeof KINDS)[number];

/**
 * What members take in turn where nobody says what numbers become: nets that see a table in different ways make different
 * errors. docs/reference/defaults.md has what it brings.
 */
export const EMBEDDINGS_IN_TURN: readonly {
  readonly numericEmbedding: Exclude<Kind, 'none'>;
  readonly embeddingSize?: number;
}[] = [{ numericEmbedding: 'periodic' }, { numericEmbedding: 'piecewiseLinear', embeddingSize: 4 }];

/** Of wider tables, one embedding for each number would be most of the network. */
const MOST_EMBEDDED = 256;
/** Rows for each number, at least: with fewer, what is learned of numbers one by one is of these rows alone. */
const LEAST_ROWS = 4;

/** An option that matters to some kinds. */
function ofKinds(...kinds: readonly Kind[]) {
  return {
    ...ofNetworks,
    when: {
      says: `\`numericEmbedding\` is ${kinds.join(' or ')}`,
      holds: ({ numericEmbedding }: { readonly numericEmbedding?: Kind | undefined }) =>
        numericEmbedding === undefined
          ? EMBEDDINGS_IN_TURN.some((own) => kinds.includes(own.numericEmbedding))
          : kinds.includes(numericEmbedding),
    },
  } as const;
}

/** Numbers that one becomes, and terms of an expansion, at most: a panel of weights holds as many. */
const MOST = 96;

/** Where nobody says otherwise: RealMLP's of periodic; TabPack draws those of cosine from 8 to 32. */
const SIZES = { periodic: 4, cosine: 16 };

export const embeddingFields = {
  numericEmbedding: field((z) => z.enum(KINDS), {
    ...ofNetworks,
    spec: 'network.inputs.numbers.kind',
    says:
      'what each number becomes beside itself: learned waves (periodic, mapped to few numbers; cosine, as they are) or how far it is ' +
      "through bins between quantiles of the member's rows (piecewiseLinear)",
    defaultSays:
      'periodic and, of every other of members alike, piecewiseLinear of size 4; none of arrays, of more than ' +
      `${MOST_EMBEDDED} numbers or fewer than ${LEAST_ROWS} rows for each, of linear models, and beside what goes with no embedding (\`image\`, \`featureShare\`, ` +
      '`inputKeep`, `tie`, `tangentStrength`, `model`)',
    example: 'periodic',
  }),
  embeddingSize: field(
    (z) =>
      z
        .int()
        .min(2)
        .max(MOST + 1),
    {
      ...ofKinds('periodic', 'cosine', 'piecewiseLinear'),
      spec: 'network.inputs.numbers.size',
      says: 'how many numbers an embedded number becomes, itself among them',
      defaultSays:
        '4 of periodic, 16 of cosine; of piecewiseLinear one for each bin and itself, nothing learned',
      example: 8,
    },
  ),
  embeddingFrequencies: field((z) => z.int().min(1).max(MOST), {
    ...ofKinds('periodic'),
    spec: 'network.inputs.numbers.frequencies',
    says: 'waves of each number, which a learned map makes fewer numbers of',
    default: 16,
    example: 24,
  }),
  frequencyScale: field((z) => z.number().gt(0), {
    ...ofKinds('periodic', 'cosine'),
    spec: 'network.inputs.numbers.scale',
    says: 'standard deviation of the first frequencies, in turns per unit of the encoded number',
    default: 0.1,
    example: 0.3,
  }),
  embeddingBins: field((z) => z.int().min(1).max(MOST), {
    ...ofKinds('piecewiseLinear'),
    spec: 'network.inputs.numbers.bins',
    says: 'bins of each number, at most: where quantiles are equal there are fewer',
    default: 16,
    example: 8,
  }),
  categoryEmbedding: field((z) => z.enum(['oneHot', 'learned']), {
    ...ofNetworks,
    says: 'what categories become: 0/1 columns, or learned numbers where a column has more categories than these',
    default: 'oneHot',
    example: 'learned',
  }),
  categoryEmbeddingSize: field((z) => z.int().min(1).max(MOST), {
    ...ofNetworks,
    spec: 'network.inputs.categories.size',
    says: 'how many numbers a category becomes; columns of no more categories keep their 0/1 columns',
    default: 8,
    example: 4,
    when: {
      says: '`categoryEmbedding` is learned',
      holds: ({ categoryEmbedding }: { readonly categoryEmbedding: string }) =>
        categoryEmbedding === 'learned',
    },
  }),
  inputScale: field((z) => z.boolean(), {
    ...ofNetworks,
    spec: 'network.inputs.scale',
    says: 'whether each number that the first layer takes is multiplied by a learned factor',
    default: false,
    example: true,
  }),
};

/** The options that have defaults, in place. */
interface EmbeddingOptions {
  readonly embeddingFrequencies: number;
  readonly frequencyScale: number;
  readonly embeddingBins: number;
  readonly categoryEmbedding: 'oneHot' | 'learned';
  readonly categoryEmbeddingSize: number;
  readonly inputScale: boolean;
}

/** What has no default of its own. */
interface StatedOptions {
  readonly numericEmbedding?: Kind | undefined;
  readonly embeddingSize?: number | undefined;
}

/** What decides whether numbers are embedded where nobody says so. */
export interface Embeddable {
  /** Which of the embeddings that members take in turn is this one's; null where nobody knows how numbers are scaled. */
  readonly turn: number | null;
  /** Rows of the dataset. */
  readonly rows: number;
  /** Whether the network has no hidden layer, so that embedded inputs would be all that is not linear. */
  readonly isLinear: boolean;
}

/** What does not go with embedded inputs, by its option: what it must be, and what it is. */
export type Unfit = readonly [option: string, expected: string, got: unknown];

/**
 * What becomes of the columns; undefined: nothing. @param columns what all columns are.
 * @param unfit of options that embedded inputs do not go with those that are in use.
 * @throws ERR_OPTION for these
 */
export function resolveInputs(
  o: EmbeddingOptions,
  own: StatedOptions,
  columns: readonly InputRun[],
  unfit: readonly Unfit[],
  embeddable: Embeddable,
): InputsSpec | undefined {
  const { categoryEmbedding, categoryEmbeddingSize: size, inputScale: scale } = o;
  const isLearned = categoryEmbedding === 'learned';
  const stated = statedInputs(o, own);
  if (stated !== null)
    for (const [option, expected, got] of unfit) failOption(option, `${expected} with \`${stated}\``, got);
  const numbers = unfit.length === 0 ? embeddedNumbers(o, own, columns, embeddable) : null;
  if (numbers === null && !isLearned && !scale) return undefined;
  return { columns, numbers, categories: isLearned ? { size } : null, scale };
}

/** An option that asks for other inputs than the columns themselves. */
function statedInputs(o: EmbeddingOptions, { numericEmbedding = 'none' }: StatedOptions): string | null {
  if (numericEmbedding !== 'none') return 'numericEmbedding';
  if (o.categoryEmbedding === 'learned') return 'categoryEmbedding';
  return o.inputScale ? 'inputScale' : null;
}

function embeddedNumbers(
  o: EmbeddingOptions,
  { numericEmbedding: stated, embeddingSize }: StatedOptions,
  columns: readonly InputRun[],
  { turn, rows, isLinear }: Embeddable,
): NumberEmbedding | null {
  if (stated === 'none') return null;
  if (stated !== undefined) return numberEmbedding(stated, o, embeddingSize ?? null);
  const numbers = columns.reduce((sum, [kind, width]) => sum + (kind === 'number' ? width : 0), 0);
  const isFew = numbers > 0 && numbers <= MOST_EMBEDDED && rows >= LEAST_ROWS * numbers;
  if (turn === null || isLinear || !isFew) return null;
  const own = EMBEDDINGS_IN_TURN[turn % EMBEDDINGS_IN_TURN.length]!;
  return numberEmbedding(own.numericEmbedding, o, embeddingSize ?? own.embeddingSize ?? null);
}

function numberEmbedding(
  kind: Exclude<Kind, 'none'>,
  { embeddingFrequencies: frequencies, frequencyScale: scale, embeddingBins: bins }: EmbeddingOptions,
  stated: number | null,
): NumberEmbedding {
  if (kind === 'piecewiseLinear') return { kind, bins, size: stated };
  const size = stated ?? SIZES[kind];
  return kind === 'cosine' ? { kind, size, scale } : { kind, size, frequencies, scale };
}
