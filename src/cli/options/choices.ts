// The values of options that have a few: by the API's words, however these are spelled, or by as much of one as tells it
// from the others. Knows no option.

/**
 * The choice that a text means: `geometricMean` for itself, `geometric-mean`, `geometric` (its first words) and, since no
 * other ends so, `vote` for `majorityVote`.
 * @returns null for what is none of them, or could be several.
 */
export function findChoice(choices: readonly string[], value: unknown): string | null {
  if (typeof value !== 'string' || choices.includes(value)) return typeof value === 'string' ? value : null;
  const words = wordsOf(value);
  if (words.length === 0) return null;
  const all = choices.map((choice) => [choice, wordsOf(choice)] as const);
  const same = all.filter(([, own]) => own.join('') === words.join(''));
  const first = all.filter(([, own]) => startsWith(own, words));
  const last = all.filter(([, own]) => startsWith(own.toReversed(), words.toReversed()));
  for (const found of [same, first, last]) {
    if (found.length > 0) return found.length === 1 ? found[0]![0] : null;
  }
  return null;
}

/** `geometricMean`, `geometric-mean` and `Geometric_Mean` → geometric, mean. */
function wordsOf(text: string): string[] {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return spaced.split(/[-_]+/).filter((word) => word !== '');
}

function startsWith(words: readonly string[], first: readonly string[]): boolean {
  return first.length <= words.length && first.every((word, at) => word === words[at]);
}
