// Written by `node dist/scripts/operation-code.js` from src/kernels/operations.ts: change it there.
#define FINGERPRINT 0xb32b0bb8u
#define OPERATION_COUNT 72

static void op_gather_rows(float *x, size_t x_stride, uint32_t *indices, int32_t count, int32_t features, float *out, size_t out_stride);
static void op_gather_columns(float *x, size_t x_stride, uint32_t *indices, int32_t count, uint32_t *columns, int32_t features, float *out, size_t out_stride);
static void op_gather_labels(int32_t *labels, uint32_t *indices, int32_t count, int32_t *out);
static void op_gather_weights(float *row_weights, uint32_t *indices, int32_t count, float scale, float *out);
static void op_shuffle(uint32_t *indices, int32_t count, uint32_t key0, uint32_t key1);
static void op_copy(float *input, float *out, size_t stride, int32_t panels);
static void op_clear(float *out, size_t stride, int32_t panels);
static void op_forward(float *x, size_t x_stride, int32_t panels, int32_t inputs, float *w, int32_t units, float *out, size_t out_stride, float slope);
static void op_forward_row(float *x, int32_t inputs, float *w, int32_t units, float *out, float slope);
static void op_linear(float *x, size_t x_stride, int32_t panels, int32_t inputs, float *w, int32_t units, float *out, size_t out_stride, float *scratch);
static void op_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t units, float *w, int32_t inputs, float *h, float slope, float *dx, size_t dx_stride);
static void op_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t inputs, float *dz, size_t dz_stride, int32_t units, float *w, float *scratch, const struct update *update);
static void op_convolve(const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *w, int32_t filters, int32_t has_bias, float *out, size_t out_stride, float slope, float *scratch);
static void op_convolve_input_gradient(const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *w, int32_t filters, float *h, float slope, float *dx, size_t dx_stride, float *scratch);
static void op_convolve_weight_gradient(char *memory, const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *dz, size_t dz_stride, float *w, int32_t filters, float *scratch, const struct update *update);
static void op_max_pool(const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, int32_t *choice, float *scratch);
static void op_max_pool_chosen(const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, int32_t *choice, float *scratch);
static void op_max_pool_input_gradient(const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, int32_t *choice, float slope, float *dx, size_t dx_stride, float *scratch);
static void op_average_pool(const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, float *scratch);
static void op_average_pool_input_gradient(const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *h, float slope, float *dx, size_t dx_stride, float *scratch);
static void op_embed_numbers(float *x, size_t x_stride, int32_t panels, int32_t numbers, int32_t expansion, int32_t terms, float *w, int32_t size, float *projection, float *scratch, float *out, size_t out_stride);
static void op_embed_numbers_input_gradient(float *x, size_t x_stride, int32_t panels, int32_t numbers, int32_t expansion, int32_t terms, float *w, int32_t size, float *projection, float *dz, size_t dz_stride, float *dx, size_t dx_stride);
static void op_embed_numbers_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t numbers, int32_t expansion, int32_t terms, float *w, int32_t size, float *projection, float *dz, size_t dz_stride, float *scratch, const struct update *update);
static void op_embed_categories(float *x, size_t x_stride, int32_t panels, int32_t categories, float *w, int32_t size, float *out, size_t out_stride);
static void op_embed_categories_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t categories, float *w, int32_t size, float *dx, size_t dx_stride);
static void op_embed_categories_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t categories, float *dz, size_t dz_stride, int32_t size, float *w, float *scratch, const struct update *update);
static void op_factor_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t rows, float *dz, size_t dz_stride, float *w, float *scratch, const struct update *update);
static void op_copy_rows(float *input, size_t input_stride, int32_t panels, int32_t rows, float *out, size_t out_stride);
static void op_clear_padding(float *out, size_t stride, int32_t panels, int32_t rows);
static void op_layer_norm(float *x, size_t x_stride, int32_t panels, int32_t rows, float *w, float epsilon, float *out, size_t out_stride, float slope, float *statistics);
static void op_layer_norm_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t rows, float *w, float *x, size_t x_stride, float *statistics, float slope, float *dx, size_t dx_stride);
static void op_layer_norm_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t rows, float *dz, size_t dz_stride, float *statistics, float *w, float *scratch, const struct update *update);
static void op_activate(int32_t activation, float *h, float *derivative, size_t stride, int32_t panels);
static void op_second_derivative(int32_t activation, float *z, float *out, size_t stride, int32_t panels);
static void op_multiply(float *a, float *b, size_t stride, int32_t panels);
static void op_multiply_slope(float *a, float *h, float slope, size_t stride, int32_t panels);
static void op_product(float *a, float *b, float *out, size_t stride, int32_t panels);
static void op_add(float *a, float *b, size_t stride, int32_t panels);
static void op_add_product(float *sum, float *a, float *b, float *c, size_t stride, int32_t panels);
static void op_add_activity_gradient(float *dh, float *h, size_t stride, int32_t panels, int32_t rows, float *row_weights, float strength, float slope);
static double op_softmax_cross_entropy(float *z, size_t stride, int32_t panels, int32_t classes, int32_t *labels, float *row_weights, float *dz);
static double op_binary_cross_entropy(float *z, size_t stride, int32_t panels, int32_t *labels, float *row_weights, float *dz);
static double op_squared_error(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *row_weights, float *dz);
static double op_gaussian_nll(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *row_weights, float *dz);
static double op_smooth_labels(float *z, size_t stride, int32_t panels, int32_t rows, int32_t *labels, float *row_weights, float smoothing, float *dz);
static double op_tangent_penalty(float *u, size_t stride, int32_t panels, int32_t rows, float *row_weights, float strength, float *du);
static double op_huber(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float delta, float *row_weights, float *dz);
static double op_focal_cross_entropy(float *z, size_t stride, int32_t panels, int32_t classes, int32_t *labels, float focus, float *row_weights, float *dz);
static double op_poisson_nll(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *factors, float *row_weights, float *dz);
static double op_pinball(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *levels, int32_t level_count, float *row_weights, float *dz);
static double op_binary_cross_entropies(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *row_weights, float *dz);
static void op_draw_mask(int8_t *mask, size_t stride, int32_t panels, int32_t threshold, uint32_t key0, uint32_t key1, int32_t layer);
static void op_apply_mask(float *input, int8_t *mask, float scale, float *out, size_t stride, int32_t panels);
static void op_scale_rows(float *input, float *out, size_t stride, int32_t panels, int32_t rows, float *factors);
static void op_add_noise(float *x, size_t stride, int32_t panels, int32_t rows, float deviation, uint32_t key0, uint32_t key1);
static void op_perturb_max(float *x, float *origin, float *gradient, size_t stride, int32_t panels, int32_t rows, float *radius, float *low, float *high, float step);
static void op_perturb_euclidean(float *x, float *origin, float *gradient, size_t stride, int32_t panels, int32_t rows, float *radius, float *low, float *high, float step);
static void op_scale_submodels(float *x, size_t x_stride, int32_t repeats, int32_t panels, int32_t rows, int32_t submodels, float *factors, float *shifts, float *out, size_t out_stride, float slope);
static void op_submodel_gradients(float *dz, size_t dz_stride, int32_t panels, int32_t rows, int32_t submodels, float *x, size_t x_stride, int32_t repeats, float *factor_gradients, float *shift_gradients, float *scratch);
static void op_scale_submodels_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t rows, int32_t submodels, int32_t repeats, float *factors, float *h, float slope, float *dx, size_t dx_stride);
static void op_mean_of_submodels(float *z, size_t stride, int32_t panels, int32_t rows, int32_t submodels, int32_t of_probabilities, float *out, size_t out_stride);
static void op_apply_update(char *memory, float *w, float *gradient, int32_t weight_count, int32_t bias_count, const struct update *update);
static void op_pull_toward(float *w, float *anchor, int32_t count, float share);
static void op_flush_denormals(float *values, int32_t count, float threshold);
static void op_limit_norm(float *values, int32_t count, float limit);
static void op_orthogonalise(float *matrix, int32_t inputs, int32_t units, float *scratch);
static void op_log_softmax(float *z, size_t stride, int32_t panels, int32_t classes);
static void op_binary_log_probabilities(float *z, size_t stride, int32_t panels, float *out, size_t out_stride);
static void op_gaussian_moments(float *z, size_t stride, int32_t panels, int32_t outputs);
static void op_unpanel(float *z, size_t stride, int32_t rows, int32_t count, float *out, size_t out_stride);
static void op_exp(float *input, float *out, int32_t count, int32_t width);
static double op_count_active(float *h, size_t stride, int32_t rows, int32_t count, float threshold);

/** Makes the call at `call`; returns its loss, or 0. */
static inline double dispatch(char *memory, const uint32_t *call) {
#define WORD(index) call[1 + (index)]
#define FLOAT(index) (((const float *)call)[1 + (index)])
#define PLACE(index) (memory + WORD(index))
#define PLACE_OR_NULL(index) (WORD(index) ? memory + WORD(index) : NULL)
  switch (call[0] & 127) {
  case 0: op_gather_rows((float *)PLACE(0), (size_t)WORD(1), (uint32_t *)PLACE(2), (int32_t)WORD(3), (int32_t)WORD(4), (float *)PLACE(5), (size_t)WORD(6)); return 0;
  case 1: op_gather_columns((float *)PLACE(0), (size_t)WORD(1), (uint32_t *)PLACE(2), (int32_t)WORD(3), (uint32_t *)PLACE(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7)); return 0;
  case 2: op_gather_labels((int32_t *)PLACE(0), (uint32_t *)PLACE(1), (int32_t)WORD(2), (int32_t *)PLACE(3)); return 0;
  case 3: op_gather_weights((float *)PLACE_OR_NULL(0), (uint32_t *)PLACE(1), (int32_t)WORD(2), FLOAT(3), (float *)PLACE(4)); return 0;
  case 4: op_shuffle((uint32_t *)PLACE(0), (int32_t)WORD(1), WORD(2), WORD(3)); return 0;
  case 5: op_copy((float *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 6: op_clear((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2)); return 0;
  case 7: op_forward((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7), FLOAT(8)); return 0;
  case 8: op_forward_row((float *)PLACE(0), (int32_t)WORD(1), (float *)PLACE(2), (int32_t)WORD(3), (float *)PLACE(4), FLOAT(5)); return 0;
  case 9: op_linear((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7), (float *)PLACE(8)); return 0;
  case 10: op_input_gradient((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE_OR_NULL(6), FLOAT(7), (float *)PLACE(8), (size_t)WORD(9)); return 0;
  case 11: op_weight_gradient(memory, (float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (int32_t)WORD(6), (float *)PLACE(7), (float *)PLACE(8), (const struct update *)PLACE(9)); return 0;
  case 12: op_convolve((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (int32_t)WORD(6), (float *)PLACE(7), (size_t)WORD(8), FLOAT(9), (float *)PLACE(10)); return 0;
  case 13: op_convolve_input_gradient((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE_OR_NULL(6), FLOAT(7), (float *)PLACE(8), (size_t)WORD(9), (float *)PLACE(10)); return 0;
  case 14: op_convolve_weight_gradient(memory, (const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (int32_t)WORD(7), (float *)PLACE(8), (const struct update *)PLACE(9)); return 0;
  case 15: op_max_pool((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (int32_t *)PLACE_OR_NULL(6), (float *)PLACE(7)); return 0;
  case 16: op_max_pool_chosen((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (int32_t *)PLACE(6), (float *)PLACE(7)); return 0;
  case 17: op_max_pool_input_gradient((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (int32_t *)PLACE(4), FLOAT(5), (float *)PLACE(6), (size_t)WORD(7), (float *)PLACE(8)); return 0;
  case 18: op_average_pool((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6)); return 0;
  case 19: op_average_pool_input_gradient((const struct windows *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (float *)PLACE_OR_NULL(4), FLOAT(5), (float *)PLACE(6), (size_t)WORD(7), (float *)PLACE(8)); return 0;
  case 20: op_embed_numbers((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (int32_t)WORD(7), (float *)PLACE_OR_NULL(8), (float *)PLACE(9), (float *)PLACE(10), (size_t)WORD(11)); return 0;
  case 21: op_embed_numbers_input_gradient((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (int32_t)WORD(7), (float *)PLACE_OR_NULL(8), (float *)PLACE(9), (size_t)WORD(10), (float *)PLACE(11), (size_t)WORD(12)); return 0;
  case 22: op_embed_numbers_weight_gradient(memory, (float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (int32_t)WORD(7), (float *)PLACE_OR_NULL(8), (float *)PLACE(9), (size_t)WORD(10), (float *)PLACE(11), (const struct update *)PLACE(12)); return 0;
  case 23: op_embed_categories((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7)); return 0;
  case 24: op_embed_categories_input_gradient((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7)); return 0;
  case 25: op_embed_categories_weight_gradient(memory, (float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (int32_t)WORD(6), (float *)PLACE(7), (float *)PLACE(8), (const struct update *)PLACE(9)); return 0;
  case 26: op_factor_gradient(memory, (float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE(7), (const struct update *)PLACE(8)); return 0;
  case 27: op_copy_rows((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5)); return 0;
  case 28: op_clear_padding((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 29: op_layer_norm((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), FLOAT(5), (float *)PLACE(6), (size_t)WORD(7), FLOAT(8), (float *)PLACE_OR_NULL(9)); return 0;
  case 30: op_layer_norm_input_gradient((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (float *)PLACE(5), (size_t)WORD(6), (float *)PLACE(7), FLOAT(8), (float *)PLACE(9), (size_t)WORD(10)); return 0;
  case 31: op_layer_norm_weight_gradient(memory, (float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE(7), (float *)PLACE(8), (const struct update *)PLACE(9)); return 0;
  case 32: op_activate((int32_t)WORD(0), (float *)PLACE(1), (float *)PLACE_OR_NULL(2), (size_t)WORD(3), (int32_t)WORD(4)); return 0;
  case 33: op_second_derivative((int32_t)WORD(0), (float *)PLACE(1), (float *)PLACE(2), (size_t)WORD(3), (int32_t)WORD(4)); return 0;
  case 34: op_multiply((float *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 35: op_multiply_slope((float *)PLACE(0), (float *)PLACE(1), FLOAT(2), (size_t)WORD(3), (int32_t)WORD(4)); return 0;
  case 36: op_product((float *)PLACE(0), (float *)PLACE(1), (float *)PLACE(2), (size_t)WORD(3), (int32_t)WORD(4)); return 0;
  case 37: op_add((float *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 38: op_add_product((float *)PLACE(0), (float *)PLACE(1), (float *)PLACE(2), (float *)PLACE(3), (size_t)WORD(4), (int32_t)WORD(5)); return 0;
  case 39: op_add_activity_gradient((float *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (float *)PLACE(5), FLOAT(6), FLOAT(7)); return 0;
  case 40: return op_softmax_cross_entropy((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t *)PLACE(4), (float *)PLACE(5), (float *)PLACE_OR_NULL(6));
  case 41: return op_binary_cross_entropy((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t *)PLACE(3), (float *)PLACE(4), (float *)PLACE_OR_NULL(5));
  case 42: return op_squared_error((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE_OR_NULL(7));
  case 43: return op_gaussian_nll((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE_OR_NULL(7));
  case 44: return op_smooth_labels((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t *)PLACE(4), (float *)PLACE(5), FLOAT(6), (float *)PLACE_OR_NULL(7));
  case 45: return op_tangent_penalty((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), FLOAT(5), (float *)PLACE(6));
  case 46: return op_huber((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), FLOAT(6), (float *)PLACE(7), (float *)PLACE_OR_NULL(8));
  case 47: return op_focal_cross_entropy((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t *)PLACE(4), FLOAT(5), (float *)PLACE(6), (float *)PLACE_OR_NULL(7));
  case 48: return op_poisson_nll((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE(7), (float *)PLACE_OR_NULL(8));
  case 49: return op_pinball((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (int32_t)WORD(7), (float *)PLACE(8), (float *)PLACE_OR_NULL(9));
  case 50: return op_binary_cross_entropies((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5), (float *)PLACE(6), (float *)PLACE_OR_NULL(7));
  case 51: op_draw_mask((int8_t *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), WORD(4), WORD(5), (int32_t)WORD(6)); return 0;
  case 52: op_apply_mask((float *)PLACE(0), (int8_t *)PLACE(1), FLOAT(2), (float *)PLACE(3), (size_t)WORD(4), (int32_t)WORD(5)); return 0;
  case 53: op_scale_rows((float *)PLACE(0), (float *)PLACE(1), (size_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (float *)PLACE(5)); return 0;
  case 54: op_add_noise((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), FLOAT(4), WORD(5), WORD(6)); return 0;
  case 55: op_perturb_max((float *)PLACE(0), (float *)PLACE(1), (float *)PLACE(2), (size_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (float *)PLACE(7), (float *)PLACE(8), FLOAT(9)); return 0;
  case 56: op_perturb_euclidean((float *)PLACE(0), (float *)PLACE(1), (float *)PLACE(2), (size_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (float *)PLACE(7), (float *)PLACE(8), FLOAT(9)); return 0;
  case 57: op_scale_submodels((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE_OR_NULL(6), (float *)PLACE_OR_NULL(7), (float *)PLACE(8), (size_t)WORD(9), FLOAT(10)); return 0;
  case 58: op_submodel_gradients((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (float *)PLACE(5), (size_t)WORD(6), (int32_t)WORD(7), (float *)PLACE_OR_NULL(8), (float *)PLACE_OR_NULL(9), (float *)PLACE(10)); return 0;
  case 59: op_scale_submodels_gradient((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE_OR_NULL(6), (float *)PLACE_OR_NULL(7), FLOAT(8), (float *)PLACE(9), (size_t)WORD(10)); return 0;
  case 60: op_mean_of_submodels((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (int32_t)WORD(4), (int32_t)WORD(5), (float *)PLACE(6), (size_t)WORD(7)); return 0;
  case 61: op_apply_update(memory, (float *)PLACE(0), (float *)PLACE(1), (int32_t)WORD(2), (int32_t)WORD(3), (const struct update *)PLACE(4)); return 0;
  case 62: op_pull_toward((float *)PLACE(0), (float *)PLACE(1), (int32_t)WORD(2), FLOAT(3)); return 0;
  case 63: op_flush_denormals((float *)PLACE(0), (int32_t)WORD(1), FLOAT(2)); return 0;
  case 64: op_limit_norm((float *)PLACE(0), (int32_t)WORD(1), FLOAT(2)); return 0;
  case 65: op_orthogonalise((float *)PLACE(0), (int32_t)WORD(1), (int32_t)WORD(2), (float *)PLACE(3)); return 0;
  case 66: op_log_softmax((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 67: op_binary_log_probabilities((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (float *)PLACE(3), (size_t)WORD(4)); return 0;
  case 68: op_gaussian_moments((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 69: op_unpanel((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), (float *)PLACE(4), (size_t)WORD(5)); return 0;
  case 70: op_exp((float *)PLACE(0), (float *)PLACE(1), (int32_t)WORD(2), (int32_t)WORD(3)); return 0;
  case 71: return op_count_active((float *)PLACE(0), (size_t)WORD(1), (int32_t)WORD(2), (int32_t)WORD(3), FLOAT(4));
  default: return NAN;
  }
#undef WORD
#undef FLOAT
#undef PLACE
#undef PLACE_OR_NULL
}
