// What the processor and the operating system allow.
#ifndef TUTTI_CPU_H
#define TUTTI_CPU_H

#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>

#define BIT(word, number) (((word) >> (number)) & 1)

/** The state that the operating system keeps over a change of threads, a bit for each kind of registers. */
static uint32_t kept_registers(void) {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/** AVX2 with fused multiply-add. */
static int has_avx2(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  int fma = BIT(c, 12), xsave = BIT(c, 27), avx = BIT(c, 28);
  if (!fma || !xsave || !avx || (kept_registers() & 0x06) != 0x06) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && BIT(b, 5);
}

/** AVX-512 F, DQ, BW and VL. */
static int has_avx512(void) {
  uint32_t a, b, c, d;
  if (!has_avx2() || (kept_registers() & 0xe6) != 0xe6) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return BIT(b, 16) && BIT(b, 17) && BIT(b, 30) && BIT(b, 31);
}
#endif

#endif
