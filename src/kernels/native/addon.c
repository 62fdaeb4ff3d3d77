// What Node.js loads. Exports `fingerprint`, the table of operations that this was compiled for, and `runners`: by the name
// of each instruction set that this machine has, the best first, a function
//   run(memory: Uint8Array, program: number, segment: number, stepBlock: number): number
// that runs a program at those addresses and returns the sum of its losses. Nothing here changes after it has loaded, so
// that threads share it.
#include <stddef.h>
#include <stdint.h>

#include <node_api.h>

#include "cpu.h"
#include "runner.h"

#if defined(__x86_64__)
extern const struct runner tutti_avx512, tutti_avx2;
#define FIRST_RUNNER tutti_avx2
#elif defined(__aarch64__)
extern const struct runner tutti_neon;
#define FIRST_RUNNER tutti_neon
#else
#error "Expected x86-64 or arm64"
#endif

#ifdef _WIN32
/** Asked for by whatever has floats. */
int _fltused = 0;
#endif

enum { ARGUMENTS = 4 };

static napi_value refuse(napi_env env) {
  napi_throw_type_error(env, "ERR_INTERNAL", "Expected run(memory: Uint8Array, program, segment, stepBlock) of a program");
  return NULL;
}

static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[ARGUMENTS];
  size_t count = ARGUMENTS;
  void *data;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, &data) != napi_ok || count < ARGUMENTS) return refuse(env);

  void *memory;
  size_t length;
  uint32_t program, segment, step_block;
  // An array over the memory: Node.js 20 gives no pointer for a SharedArrayBuffer itself.
  if (napi_get_typedarray_info(env, arguments[0], NULL, &length, &memory, NULL, NULL) != napi_ok) return refuse(env);
  if (napi_get_value_uint32(env, arguments[1], &program) != napi_ok) return refuse(env);
  if (napi_get_value_uint32(env, arguments[2], &segment) != napi_ok) return refuse(env);
  if (napi_get_value_uint32(env, arguments[3], &step_block) != napi_ok) return refuse(env);

  const struct runner *runner = data;
  const char *head = (const char *)memory + program;
  if (program + sizeof(uint32_t) > length || *(const uint32_t *)head != runner->fingerprint) return refuse(env);
  napi_value total;
  double sum = runner->run(memory, program, segment, step_block);
  return napi_create_double(env, sum, &total) == napi_ok ? total : NULL;
}

/** Whether a property was set. */
static int set(napi_env env, napi_value object, const char *name, napi_status made, napi_value value) {
  return made == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

static int set_runner(napi_env env, napi_value runners, const struct runner *runner) {
  napi_value function;
  napi_status made = napi_create_function(env, runner->name, NAPI_AUTO_LENGTH, run, (void *)runner, &function);
  return set(env, runners, runner->name, made, function);
}

/** Those that this machine has, the best first. */
static int set_runners(napi_env env, napi_value runners) {
#if defined(__x86_64__)
  if (has_avx512() && !set_runner(env, runners, &tutti_avx512)) return 0;
  return !has_avx2() || set_runner(env, runners, &tutti_avx2);
#else
  return set_runner(env, runners, &tutti_neon);
#endif
}

NAPI_MODULE_EXPORT int32_t node_api_module_get_api_version_v1(void) { return 8; }

NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value runners, fingerprint;
  napi_status made = napi_create_object(env, &runners);
  if (!set(env, exports, "runners", made, runners) || !set_runners(env, runners)) return NULL;
  made = napi_create_uint32(env, FIRST_RUNNER.fingerprint, &fingerprint);
  return set(env, exports, "fingerprint", made, fingerprint) ? exports : NULL;
}
