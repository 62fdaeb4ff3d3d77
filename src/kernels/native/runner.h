// What an instruction set's unit gives to the addon.
#ifndef TUTTI_RUNNER_H
#define TUTTI_RUNNER_H

#include <stdint.h>

struct runner {
  const char *name;
  /** The table of operations that it was compiled for. */
  uint32_t fingerprint;
  /** Addresses are bytes from the start of the memory. */
  double (*run)(char *memory, uint32_t program, uint32_t segment, uint32_t step_block);
};

#endif
