// Threefry2x32-20 in counter mode, BLOCKS blocks at a time, and the shuffle it drives. The twin of assembly/random.ts.
// **Source:** Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
#ifndef TUTTI_RANDOM_H
#define TUTTI_RANDOM_H

#include "library.h"

#include "lanes.h"

/** Vectors of blocks that are ciphered by turns: one alone would wait for its own results. */
enum { CHAINS = 4, BLOCKS = CHAINS * WIDE };

/** The first and the second words of BLOCKS blocks. */
typedef struct {
  K first[CHAINS], second[CHAINS];
} Words;

#define EACH_CHAIN UNROLL for (int c = 0; c < CHAINS; c++)

INLINE void mix(Words *words, const int bits) {
  EACH_CHAIN words->first[c] += words->second[c];
  EACH_CHAIN words->second[c] = (words->second[c] << bits | words->second[c] >> (32 - bits)) ^ words->first[c];
}

INLINE void add_keys(Words *words, uint32_t first, uint32_t second) {
  EACH_CHAIN words->first[c] += first;
  EACH_CHAIN words->second[c] += second;
}

/** The words of blocks (counter, layer) … (counter + BLOCKS − 1, layer). */
INLINE Words cipher(uint32_t counter, uint32_t layer, uint32_t key0, uint32_t key1) {
  // The last is the parity of Skein's key schedule.
  const uint32_t keys[3] = {key0, key1, key0 ^ key1 ^ 0x1bd11bda};
  Words words = {0};
  for (uint32_t lane = 0; lane < WIDE; lane++) EACH_CHAIN words.first[c][lane] = (uint32_t)c * WIDE + lane;
  add_keys(&words, counter + key0, layer + key1);
  UNROLL for (uint32_t round = 1; round <= 5; round++) {
    const int even = round % 2 == 0;
    mix(&words, even ? 17 : 13), mix(&words, even ? 29 : 15), mix(&words, even ? 16 : 26), mix(&words, even ? 24 : 6);
    add_keys(&words, keys[round % 3], keys[(round + 1) % 3] + round);
  }
  return words;
}

/** Swaps indices[i] with one of indices[0 … i], chosen by the word. */
INLINE void swap(uint32_t *indices, int32_t i, uint32_t word) {
  const uint32_t j = (uint32_t)((uint64_t)word * (uint64_t)(i + 1) >> 32), held = indices[i];
  indices[i] = indices[j];
  indices[j] = held;
}

/** Fisher and Yates's, from the last downwards. */
static void op_shuffle(uint32_t *indices, int32_t count, uint32_t key0, uint32_t key1) {
  uint32_t first[BLOCKS], second[BLOCKS];
  int32_t i = count - 1;
  for (uint32_t counter = 0; i > 0; counter += BLOCKS) {
    const Words words = cipher(counter, 0, key0, key1);
    memcpy(first, words.first, sizeof first);
    memcpy(second, words.second, sizeof second);
    for (int block = 0; block < BLOCKS && i > 0; block++) {
      swap(indices, i--, first[block]);
      if (i > 0) swap(indices, i--, second[block]);
    }
  }
}

#endif
