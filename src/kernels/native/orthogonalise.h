// Of whole matrices: their length, and Muon's direction, a matrix whose singular values are drawn towards 1. The arithmetic of
// assembly/orthogonalise.ts.
#ifndef TUTTI_ORTHOGONALISE_H
#define TUTTI_ORTHOGONALISE_H

#include <stddef.h>
#include <stdint.h>

#include "lanes.h"
#include "library.h"

/** Σ v² in double precision, in eight sums of every eighth number. */
static double sum_of_squares(const float *values, size_t count) {
  double s[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) s[lane] += (double)values[i + lane] * (double)values[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++) s[lane] += (double)values[i + lane] * (double)values[i + lane];
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static void scale_floats(float *values, size_t count, float factor) {
  for (size_t i = 0; i < count; i++) values[i] *= factor;
}

static void op_limit_norm(float *values, int32_t count, float limit) {
  const double norm = __builtin_sqrt(sum_of_squares(values, (size_t)count));
  if (norm > (double)limit) scale_floats(values, (size_t)count, (float)((double)limit / norm));
}

/** c = a b, row-major: c[rows][columns], rows and columns multiples of 16; `terms` columns of a; strides in floats. */
static void multiply_matrices(const float *a, size_t a_stride, const float *b, size_t b_stride, float *c, size_t c_stride,
                              int32_t rows, int32_t terms, int32_t columns) {
  enum { PARTS = 16 / WIDE };
  for (int32_t row = 0; row < rows; row += 4) {
    for (int32_t column = 0; column < columns; column += 16) {
      W sums[4][PARTS];
      for (int r = 0; r < 4; r++)
        for (int part = 0; part < PARTS; part++) sums[r][part] = wide_splat(0);
      for (int32_t term = 0; term < terms; term++) {
        W theirs[PARTS];
        for (int part = 0; part < PARTS; part++) theirs[part] = wide_load(b + (size_t)term * b_stride + column + part * WIDE);
        for (int r = 0; r < 4; r++) {
          const W own = wide_splat(a[(size_t)(row + r) * a_stride + term]);
          for (int part = 0; part < PARTS; part++) sums[r][part] = wide_madd(own, theirs[part], sums[r][part]);
        }
      }
      for (int r = 0; r < 4; r++)
        for (int part = 0; part < PARTS; part++) wide_store(c + (size_t)(row + r) * c_stride + column + part * WIDE, sums[r][part]);
    }
  }
}

/** a = p a + b, or, where `q` is given, a = p a + q b with b's product rounded first. */
static void blend_floats(float *a, const float *b, size_t count, float p, const float *q) {
  for (size_t i = 0; i < count; i += WIDE) {
    const W other = q ? wide_splat(*q) * wide_load(b + i) : wide_load(b + i);
    wide_store(a + i, wide_madd(wide_splat(p), wide_load(a + i), other));
  }
}

/** Between weights as layers have them and rows as long as the longer side; `into` the rows, or back, times a factor. */
static void convert_matrix(float *matrix, int32_t inputs, int32_t units, float *x, size_t stride, int into, float factor) {
  const int wide = inputs <= units;
  const int32_t padded = (units + 3) & ~3;
  for (int32_t first = 0; first < units; first += PANEL_UNITS) {
    const int32_t width = padded - first < PANEL_UNITS ? padded - first : PANEL_UNITS;
    for (int32_t i = 0; i < inputs; i++) {
      float *at = matrix + (size_t)first * (size_t)inputs + (size_t)i * (size_t)width;
      for (int32_t o = first; o < first + width; o++, at++) {
        float *place = x + (wide ? (size_t)i * stride + (size_t)o : (size_t)o * stride + (size_t)i);
        if (into) {
          if (o < units) *place = *at;
        } else *at = o < units ? *place * factor : 0;
      }
    }
  }
}

static void op_orthogonalise(float *matrix, int32_t inputs, int32_t units, float *scratch) {
  const float linear = 3.4445f, cubic = -4.775f, quintic = 2.0315f;
  const int32_t shorter = inputs < units ? inputs : units, longer = inputs < units ? units : inputs;
  const int32_t rows = (shorter + 15) & ~15, columns = (longer + 15) & ~15;
  const size_t stride = (size_t)columns, square = (size_t)rows, count = (size_t)rows * stride;
  float *x = scratch, *transposed = x + count, *y = transposed + count, *gram = y + count, *power = gram + square * square;
  memset(x, 0, 2 * count * sizeof(float));
  convert_matrix(matrix, inputs, units, x, stride, 1, 1);
  scale_floats(x, count, (float)(1 / (__builtin_sqrt(sum_of_squares(x, count)) + 1e-7)));
  for (int iteration = 0; iteration < 5; iteration++) {
    for (int32_t row = 0; row < shorter; row++)
      for (int32_t column = 0; column < longer; column++) transposed[(size_t)column * square + row] = x[(size_t)row * stride + column];
    multiply_matrices(x, stride, transposed, square, gram, square, rows, longer, rows);
    multiply_matrices(gram, square, gram, square, power, square, rows, shorter, rows);
    blend_floats(power, gram, square * square, quintic, &cubic);
    multiply_matrices(power, square, x, stride, y, stride, rows, shorter, columns);
    blend_floats(x, y, count, linear, 0);
  }
  const double shape = (double)units / (double)inputs;
  convert_matrix(matrix, inputs, units, x, stride, 0, (float)__builtin_sqrt(shape > 1 ? shape : 1));
}

#endif
