// The options of embedded inputs: their records, and what they resolve to in a network's spec.

import { failOption } from '../../errors.js';
import type { InputRun, InputsSpec, NumberEmbedding } from '../inputs.js';
import { field, OWN_LAYERS } from './field.js';

const ofNetworks = { group: 'network', by: OWN_LAYERS } as const;

const KINDS = ['none', 'periodic', 'cosine', 'piecewiseLinear'] as const;

type Kind = (typeof KINDS)[number];

/** An option that matters to some kinds. */
function ofKinds(...kinds: readonly Kind[]) {
  return {
    ...ofNetworks,
    when: {
      says: `\`numericEmbedding\` is ${kinds.join(' or ')}`,
      holds: ({ numericEmbedding }: { readonly numericEmbedding: Kind }) => kinds.includes(numericEmbedding),
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
    default: 'none',
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
  readonly numericEmbedding: Kind;
  readonly embeddingFrequencies: number;
  readonly frequencyScale: number;
  readonly embeddingBins: number;
  readonly categoryEmbedding: 'oneHot' | 'learned';
  readonly categoryEmbeddingSize: number;
  readonly inputScale: boolean;
}

/** What has no default of its own. */
interface StatedOptions {
  readonly embeddingSize?: number | undefined;
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
): InputsSpec | undefined {
  const { numericEmbedding, categoryEmbedding, categoryEmbeddingSize: size, inputScale: scale } = o;
  const isLearned = categoryEmbedding === 'learned';
  if (numericEmbedding === 'none' && !isLearned && !scale) return undefined;
  const stated =
    numericEmbedding !== 'none' ? 'numericEmbedding' : isLearned ? 'categoryEmbedding' : 'inputScale';
  for (const [option, expected, got] of unfit) failOption(option, `${expected} with \`${stated}\``, got);
  return {
    columns,
    numbers: numericEmbedding === 'none' ? null : numberEmbedding(numericEmbedding, o, own),
    categories: isLearned ? { size } : null,
    scale,
  };
}

function numberEmbedding(
  kind: Exclude<Kind, 'none'>,
  { embeddingFrequencies: frequencies, frequencyScale: scale, embeddingBins: bins }: EmbeddingOptions,
  { embeddingSize }: StatedOptions,
): NumberEmbedding {
  if (kind === 'piecewiseLinear') return { kind, bins, size: embeddingSize ?? null };
  const size = embeddingSize ?? SIZES[kind];
  return kind === 'cosine' ? { kind, size, scale } : { kind, size, frequencies, scale };
}
