// Runs a segment of a program; the same as assembly/program.ts.

struct segment {
  /** Byte offsets from the program. */
  uint32_t calls, calls_end, patches, patches_end;
};

struct program {
  uint32_t fingerprint, bytes, segment_count, unused;
  struct segment segments[];
};

/** A word of the step block that goes into an argument before every run; `argument` in bytes from the program. */
struct patch {
  uint32_t argument, field;
};

/** A bit of a call's first word: what it returns is not added. */
#define UNCOUNTED 128u

/** Returns the sum of the calls' losses; one that is not finite ends the run. */
static double run_program(char *memory, uint32_t at, uint32_t segment_number, uint32_t step_block) {
  char *program = memory + at;
  const struct segment *segment = &((const struct program *)program)->segments[segment_number];
  const struct patch *patch = (const struct patch *)(program + segment->patches);
  const struct patch *patches_end = (const struct patch *)(program + segment->patches_end);
  for (; patch < patches_end; patch++) {
    *(uint32_t *)(program + patch->argument) = *(const uint32_t *)(memory + step_block + patch->field);
  }
  const char *call = program + segment->calls;
  const char *end = program + segment->calls_end;
  double total = 0;
  while (call < end) {
    uint32_t head = *(const uint32_t *)call;
    double loss = dispatch(memory, (const uint32_t *)call);
    if (!(head & UNCOUNTED)) total += loss;
    // Infinite or no number: the difference is no number then.
    if (total - total != 0) break;
    call += head >> 8;
  }
  return total;
}
