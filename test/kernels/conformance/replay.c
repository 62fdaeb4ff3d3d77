// Makes recorded runs again with one instruction set's unit and compares with what WebAssembly made of them; cross.ts writes the
// record and says how to compile this.
//
// Of each run: `struct run`, its ranges of numbers and of scratch as pairs of byte offsets, and the bytes before and after.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/kernels/native/runner.h"

extern const struct runner RUNNER;
enum { PROGRAM = 1024, MAX_BYTES = 1 << 22, MAX_RANGES = 256 };

struct ranges {
  uint32_t count, start[MAX_RANGES], end[MAX_RANGES];
};

struct run {
  uint32_t segment, step_block;
  /** In use, from the start of the memory. */
  uint32_t bytes;
  uint32_t number_ranges, scratch_ranges, unused;
  double returned;
};

static void take(void *to, size_t bytes, FILE *file) {
  if (fread(to, 1, bytes, file) != bytes) exit(2);
}

static void take_ranges(struct ranges *ranges, uint32_t count, FILE *file) {
  if (count > MAX_RANGES) exit(2);
  ranges->count = count;
  for (uint32_t i = 0; i < count; i++) take(&ranges->start[i], 4, file), take(&ranges->end[i], 4, file);
}

static int is_in(const struct ranges *ranges, uint32_t at) {
  for (uint32_t i = 0; i < ranges->count; i++) {
    if (at >= ranges->start[i] && at < ranges->end[i]) return 1;
  }
  return 0;
}

static int is_nan(uint32_t bits) { return (bits & 0x7fffffff) > 0x7f800000; }

/** The byte where the two first differ though they must not; 0 when nowhere. */
static uint32_t difference(const uint32_t *actual, const uint32_t *expected, uint32_t bytes, const struct ranges *numbers,
                           const struct ranges *scratches) {
  for (uint32_t at = 0; at < bytes; at += 4) {
    const uint32_t a = actual[at / 4], b = expected[at / 4];
    if (a == b || is_in(scratches, at) || (is_nan(a) && is_nan(b) && is_in(numbers, at))) continue;
    return at;
  }
  return 0;
}

int main(int count, char **arguments) {
  static _Alignas(64) char memory[MAX_BYTES], expected[MAX_BYTES];
  static struct ranges numbers, scratches;
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) return 2;
  uint32_t runs = 0, wrong = 0;
  for (struct run run; fread(&run, sizeof run, 1, file) == 1; runs++) {
    take_ranges(&numbers, run.number_ranges, file);
    take_ranges(&scratches, run.scratch_ranges, file);
    take(memory, run.bytes, file);
    take(expected, run.bytes, file);
    const double returned = RUNNER.run(memory, PROGRAM, run.segment, run.step_block);
    const uint32_t at = difference((uint32_t *)memory, (uint32_t *)expected, run.bytes, &numbers, &scratches);
    const int same = memcmp(&returned, &run.returned, 8) == 0 || (returned != returned && run.returned != run.returned);
    if (at == 0 && same) continue;
    wrong++;
    printf("%u: byte %u, returned %.17g for %.17g\n", runs, at, returned, run.returned);
  }
  printf("%s: %u of %u runs are wrong\n", RUNNER.name, wrong, runs);
  return wrong != 0;
}
