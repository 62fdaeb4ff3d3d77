// Threefry2x32-20 in counter mode, WIDE blocks at a time, and the shuffle it drives. The twin of assembly/random.ts.
// **Source:** Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
#ifndef TUTTI_RANDOM_H
#define TUTTI_RANDOM_H

#include "lanes.h"

/** The first and the second words of WIDE blocks. */
typedef struct {
  K first, second;
} Words;

#define TURN(bits) words.first += words.second, words.second = (words.second << (bits) | words.second >> (32 - (bits))) ^ words.first

INLINE Words four_rounds(Words words, const int odd) {
  if (odd) TURN(17), TURN(29), TURN(16), TURN(24);
  else TURN(13), TURN(15), TURN(26), TURN(6);
  return words;
}

#undef TURN

/** The words of blocks (counter, layer) … (counter + WIDE − 1, layer). */
INLINE Words cipher(uint32_t counter, uint32_t layer, uint32_t key0, uint32_t key1) {
  // The last is the parity of Skein's key schedule.
  const uint32_t keys[3] = {key0, key1, key0 ^ key1 ^ 0x1bd11bda};
  Words words = {(K){0} + (counter + key0), (K){0} + (layer + key1)};
  UNROLL for (uint32_t lane = 0; lane < WIDE; lane++) words.first[lane] += lane;
  UNROLL for (uint32_t round = 1; round <= 5; round++) {
    words = four_rounds(words, round % 2 == 0);
    words.first += keys[round % 3];
    words.second += keys[(round + 1) % 3] + round;
  }
  return words;
}

/** Fisher and Yates's, from the last downwards. */
static void op_shuffle(uint32_t *indices, int32_t count, uint32_t key0, uint32_t key1) {
  int32_t i = count - 1;
  for (uint32_t counter = 0; i > 0; counter += WIDE) {
    const Words words = cipher(counter, 0, key0, key1);
    uint32_t stream[2][WIDE];
    memcpy(stream[0], &words.first, sizeof(K));
    memcpy(stream[1], &words.second, sizeof(K));
    for (int word = 0; word < 2 * WIDE && i > 0; word++, i--) {
      const uint32_t j = (uint32_t)((uint64_t)stream[word & 1][word >> 1] * (uint64_t)(i + 1) >> 32);
      const uint32_t held = indices[i];
      indices[i] = indices[j];
      indices[j] = held;
    }
  }
}

#endif
