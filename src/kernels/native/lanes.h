// Vectors of floats, for one instruction set per translation unit: avx2.c, avx512.c and neon.c each set one of TUTTI_AVX2,
// TUTTI_AVX512 and TUTTI_NEON and include this first.
//
//   V, I, U  LANES floats, as many i32 and u32: 8 on AVX2 and AVX-512, 4 on NEON. A panel's row of 8 examples is 8 / LANES of them.
//   W, J, K  WIDE floats, i32 and u32 for the innermost loops: 16 on AVX-512, 8 on AVX2, 4 on NEON.
//
// + − * / & | ^ ~ << >> and comparisons are the language's own: each rounds once (-ffp-contract=off keeps products and sums apart),
// a comparison gives −1 or 0 in an I, >> is arithmetic on I and logical on U, only U may overflow, and a cast between them keeps
// the bits. Here is what the language has no word for. Only `madd` fuses.
#ifndef TUTTI_LANES_H
#define TUTTI_LANES_H

#include <stddef.h>
#include <stdint.h>
#ifdef TUTTI_NEON
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

#if defined(TUTTI_AVX512)
enum { LANES = 8, WIDE = 16 };
#elif defined(TUTTI_AVX2)
enum { LANES = 8, WIDE = 8 };
#else
enum { LANES = 4, WIDE = 4 };
#endif

/** Units in a full column panel of the weights; PANEL_UNITS in weight-layout.ts. */
enum { PANEL_UNITS = 96 };

/** Vectors lie on any multiple of 4 bytes in memory, and beside other types. */
#define VECTOR(name, type, count) \
  typedef type name __attribute__((vector_size(4 * (count)))); \
  typedef type name##InMemory __attribute__((vector_size(4 * (count)), aligned(4), may_alias))
VECTOR(V, float, LANES);
VECTOR(I, int32_t, LANES);
VECTOR(U, uint32_t, LANES);
VECTOR(W, float, WIDE);
VECTOR(J, int32_t, WIDE);
VECTOR(K, uint32_t, WIDE);
#undef VECTOR

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define NOINLINE static __attribute__((noinline))
#else
#define NOINLINE static __attribute__((noinline, noclone))
#endif

/** Unrolls the loop that follows wholly: arrays of vectors then stay in registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif
/** Leaves the loop that follows a loop, where the compiler would copy it whole. */
#define KEEP_LOOP _Pragma("GCC unroll 1")

/** The address `bytes` on. */
INLINE float *on(const void *from, size_t bytes) { return (float *)((char *)from + bytes); }

INLINE int32_t round_up4(int32_t count) { return (count + 3) & ~3; }
INLINE int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

// Loads and stores

INLINE V load(const void *from) { return *(const VInMemory *)from; }
INLINE void store(void *to, V a) { *(VInMemory *)to = a; }
INLINE I load_ints(const void *from) { return *(const IInMemory *)from; }
INLINE void store_ints(void *to, I a) { *(IInMemory *)to = a; }
INLINE W wide_load(const void *from) { return *(const WInMemory *)from; }
INLINE void wide_store(void *to, W a) { *(WInMemory *)to = a; }

// The same number in every lane; the first `count` floats alone, 4, 8 and so on (0 elsewhere, what lies behind untouched); and the
// operations that are instructions of their own. pmax(a, b) is a < b ? b : a and pmin(a, b) is b < a ? b : a (max′ and min′ of
// ARITHMETIC.md); min and max give NaN for NaN and take +0 for larger than −0.

#ifdef TUTTI_NEON

INLINE V splat(float a) { return (V)vdupq_n_f32(a); }
INLINE V madd(V a, V b, V c) { return (V)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
INLINE V root(V a) { return (V)vsqrtq_f32((float32x4_t)a); }
INLINE V min(V a, V b) { return (V)vminq_f32((float32x4_t)a, (float32x4_t)b); }
INLINE V max(V a, V b) { return (V)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
INLINE V choose(I mask, V a, V b) { return (V)vbslq_f32((uint32x4_t)mask, (float32x4_t)a, (float32x4_t)b); }
INLINE V pmax(V a, V b) { return choose(a < b, b, a); }
INLINE V pmin(V a, V b) { return choose(b < a, b, a); }
INLINE int any(I mask) { return vmaxvq_u32((uint32x4_t)mask) != 0; }
INLINE W wide_load_some(const void *from, int32_t count) { return (void)count, wide_load(from); }
INLINE void wide_store_some(void *to, int32_t count, W a) { (void)count, wide_store(to, a); }

#else

INLINE V splat(float a) { return (V)_mm256_set1_ps(a); }
INLINE V madd(V a, V b, V c) { return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
INLINE V root(V a) { return (V)_mm256_sqrt_ps((__m256)a); }
INLINE V pmax(V a, V b) { return (V)_mm256_max_ps((__m256)b, (__m256)a); }
INLINE V pmin(V a, V b) { return (V)_mm256_min_ps((__m256)b, (__m256)a); }
/** All bits of a lane where either is NaN, which is a NaN too. */
INLINE I unordered(V a, V b) { return (I)_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_UNORD_Q); }
// The instructions give their second operand for two zeros and for NaN: both orders together tell the zeros apart.
INLINE V min(V a, V b) { return (V)((I)pmin(a, b) | (I)pmin(b, a) | unordered(a, b)); }
INLINE V max(V a, V b) { return (V)(((I)pmax(a, b) & (I)pmax(b, a)) | unordered(a, b)); }
INLINE V choose(I mask, V a, V b) { return (V)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)mask); }
INLINE int any(I mask) { return _mm256_movemask_ps((__m256)mask) != 0; }

#ifdef TUTTI_AVX512
INLINE W wide_load_some(const void *from, int32_t count) {
  return (W)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
}
INLINE void wide_store_some(void *to, int32_t count, W a) {
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)a);
}
INLINE W wide_splat(float a) { return (W)_mm512_set1_ps(a); }
INLINE W wide_madd(W a, W b, W c) { return (W)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
INLINE W wide_root(W a) { return (W)_mm512_sqrt_ps((__m512)a); }
INLINE W wide_pmax(W a, W b) { return (W)_mm512_max_ps((__m512)b, (__m512)a); }
INLINE W wide_pmin(W a, W b) { return (W)_mm512_min_ps((__m512)b, (__m512)a); }
INLINE W wide_min(W a, W b) { return (W)((J)wide_pmin(a, b) | (J)wide_pmin(b, a) | (a != a) | (b != b)); }
INLINE W wide_max(W a, W b) { return (W)(((J)wide_pmax(a, b) & (J)wide_pmax(b, a)) | (a != a) | (b != b)); }
INLINE W wide_choose(J mask, W a, W b) {
  return (W)_mm512_ternarylogic_epi32((__m512i)mask, (__m512i)a, (__m512i)b, 0xca);
}
/** Two vectors of 8 floats side by side. */
INLINE W join(V low, V high) {
  return (W)_mm512_insertf32x8(_mm512_zextps256_ps512((__m256)low), (__m256)high, 1);
}
INLINE V low_half(W a) { return (V)_mm512_castps512_ps256((__m512)a); }
INLINE V high_half(W a) { return (V)_mm512_extractf32x8_ps((__m512)a, 1); }
#else
// Half a vector or a whole one: masked stores are slow on some processors.
INLINE W wide_load_some(const void *from, int32_t count) {
  return count > 4 ? wide_load(from) : (W)_mm256_zextps128_ps256(_mm_loadu_ps(from));
}
INLINE void wide_store_some(void *to, int32_t count, W a) {
  if (count > 4) wide_store(to, a);
  else _mm_storeu_ps(to, _mm256_castps256_ps128((__m256)a));
}
#endif
#endif

#ifndef TUTTI_AVX512
// A wide vector is a vector.
INLINE W wide_splat(float a) { return splat(a); }
INLINE W wide_madd(W a, W b, W c) { return madd(a, b, c); }
INLINE W wide_root(W a) { return root(a); }
INLINE W wide_pmax(W a, W b) { return pmax(a, b); }
INLINE W wide_pmin(W a, W b) { return pmin(a, b); }
INLINE W wide_min(W a, W b) { return min(a, b); }
INLINE W wide_max(W a, W b) { return max(a, b); }
INLINE W wide_choose(J mask, W a, W b) { return choose(mask, a, b); }
#endif

// What follows from them

INLINE I splat_int(int32_t a) { return (I){0} + a; }
INLINE V to_float(I a) { return __builtin_convertvector(a, V); }
INLINE V magnitude(V a) { return (V)((I)a & 0x7fffffff); }
/** a where the mask is set, else +0; and the reverse. */
INLINE V keep_where(V a, I mask) { return (V)((I)a & mask); }
INLINE V clear_where(V a, I mask) { return (V)((I)a & ~mask); }

INLINE J wide_splat_int(int32_t a) { return (J){0} + a; }
INLINE W wide_to_float(J a) { return __builtin_convertvector(a, W); }
INLINE W wide_magnitude(W a) { return (W)((J)a & 0x7fffffff); }
INLINE W wide_keep_where(W a, J mask) { return (W)((J)a & mask); }
INLINE W wide_clear_where(W a, J mask) { return (W)((J)a & ~mask); }

/** What `gate` changes of a slope: the bits in which it differs from 1. */
INLINE I gate_of(V slopes) { return (I)splat(1) ^ (I)slopes; }
/** 1 where h is above 0, else the slope: what a gradient is multiplied by at a unit of the leaky family. */
INLINE V gate(V h, V slopes, I change) { return (V)((I)slopes ^ (change & (h > 0))); }

INLINE J wide_gate_of(W slopes) { return (J)wide_splat(1) ^ (J)slopes; }
INLINE W wide_gate(W h, W slopes, J change) { return (W)((J)slopes ^ (change & (h > 0))); }

/** Adds the lanes to a total one after the other, examples ascending: the order of every sum of losses. */
INLINE double add_in_order(double total, V a) {
  for (int lane = 0; lane < LANES; lane++) total += (double)a[lane];
  return total;
}

/** Transposes LANES × LANES floats in place. */
INLINE void transpose(V rows[LANES]) {
#ifdef TUTTI_NEON
  const float32x4x2_t low = vzipq_f32((float32x4_t)rows[0], (float32x4_t)rows[2]);
  const float32x4x2_t high = vzipq_f32((float32x4_t)rows[1], (float32x4_t)rows[3]);
  const float32x4x2_t first = vzipq_f32(low.val[0], high.val[0]), second = vzipq_f32(low.val[1], high.val[1]);
  rows[0] = (V)first.val[0], rows[1] = (V)first.val[1], rows[2] = (V)second.val[0], rows[3] = (V)second.val[1];
#else
  __m256 pairs[8], quads[8];
  UNROLL for (int r = 0; r < 8; r += 2) {
    pairs[r] = _mm256_unpacklo_ps((__m256)rows[r], (__m256)rows[r + 1]);
    pairs[r + 1] = _mm256_unpackhi_ps((__m256)rows[r], (__m256)rows[r + 1]);
  }
  UNROLL for (int r = 0; r < 8; r += 4) {
    quads[r] = _mm256_shuffle_ps(pairs[r], pairs[r + 2], 0x44);
    quads[r + 1] = _mm256_shuffle_ps(pairs[r], pairs[r + 2], 0xee);
    quads[r + 2] = _mm256_shuffle_ps(pairs[r + 1], pairs[r + 3], 0x44);
    quads[r + 3] = _mm256_shuffle_ps(pairs[r + 1], pairs[r + 3], 0xee);
  }
  UNROLL for (int r = 0; r < 4; r++) {
    rows[r] = (V)_mm256_permute2f128_ps(quads[r], quads[r + 4], 0x20);
    rows[r + 4] = (V)_mm256_permute2f128_ps(quads[r], quads[r + 4], 0x31);
  }
#endif
}

/** Writes zeros to rows `rows` … round_up4(rows) − 1 of every panel: the promise all panel writers keep. */
INLINE void clear_padding_rows(float *out, size_t stride, int32_t panels, int32_t rows) {
  const int32_t padding = round_up4(rows) - rows;
  float *at = out + (size_t)rows * 8;
  for (; padding && panels > 0; panels--, at = on(at, stride)) {
    // Three at most, one by one: a loop over them would become a call of memset.
    UNROLL for (int row = 0; row < 3; row++) {
      UNROLL for (int lane = 0; lane < 8; lane += LANES) {
        if (row < padding) store(at + row * 8 + lane, (V){0});
      }
    }
  }
}

#endif
