// The phases of a module in wasm3, once each, as JSON; defined in bench/peers/src/phases.rs.
//
//     phases FILE EXPORT TIMES ARGS...
//
// wasm3 compiles a function when it is first looked up: `compile` is all functions. It has no saved form. Imported functions
// cannot be called, because there is no host.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "m3_env.h"
#include "wasm3.h"

#define STACK_BYTES (1024 * 1024)
#define ARGS_MAX 8

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

typedef struct {
    double wall, cpu;
} moment;

static moment now(void) {
    return (moment){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

// Milliseconds: the smaller of wall clock and CPU time, as in bench/time.ts.
static double since(moment began) {
    moment ends = now();
    double wall = ends.wall - began.wall, cpu = ends.cpu - began.cpu;
    return 1e3 * (wall < cpu ? wall : cpu);
}

static void check(M3Result result) {
    if (result == m3Err_none) return;
    fprintf(stderr, "%s\n", result);
    exit(1);
}

static uint8_t *bytes;
static uint32_t length;

static void read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) check("the file cannot be opened");
    fseek(file, 0, SEEK_END);
    length = (uint32_t)ftell(file);
    rewind(file);
    bytes = malloc(length);
    if (fread(bytes, 1, length, file) != length) check("the file cannot be read");
    fclose(file);
}

static IM3Runtime loaded(IM3Environment environment) {
    IM3Module module;
    check(m3_ParseModule(environment, &module, bytes, length));
    IM3Runtime runtime = m3_NewRuntime(environment, STACK_BYTES, NULL);
    check(m3_LoadModule(runtime, module));
    return runtime;
}

static uint64_t numbers[ARGS_MAX];
static const void *arguments[ARGS_MAX];

static IM3Function called(IM3Runtime runtime, const char *name, uint32_t count) {
    IM3Function function;
    check(m3_FindFunction(&function, runtime, name));
    if (m3_GetArgCount(function) != count) check("another number of arguments");
    check(m3_Call(function, count, arguments));
    return function;
}

static void print_result(IM3Function function) {
    uint64_t bits = 0;
    const void *to[] = {&bits};
    if (m3_GetRetCount(function) != 1) return;
    check(m3_GetResults(function, 1, to));
    switch (m3_GetRetType(function, 0)) {
        case c_m3Type_i32: printf("\"i32:0x%08" PRIx32 "\"", (uint32_t)bits); break;
        case c_m3Type_i64: printf("\"i64:0x%016" PRIx64 "\"", bits); break;
        case c_m3Type_f32: printf("\"f32:0x%08" PRIx32 "\"", (uint32_t)bits); break;
        case c_m3Type_f64: printf("\"f64:0x%016" PRIx64 "\"", bits); break;
        default: check("a result of another type");
    }
}

int main(int count, char **given) {
    if (count < 4 || count - 4 > ARGS_MAX) check("usage: phases FILE EXPORT TIMES ARGS...");
    read_file(given[1]);
    const char *name = given[2];
    long times = strtol(given[3], NULL, 10);
    uint32_t args = (uint32_t)(count - 4);
    for (uint32_t i = 0; i < args; i++) {
        numbers[i] = strtoull(given[4 + i] + strlen("i32:"), NULL, 10);
        arguments[i] = &numbers[i];
    }
    moment start = now();

    IM3Environment environment = m3_NewEnvironment();
    IM3Module module;
    moment began = now();
    check(m3_ParseModule(environment, &module, bytes, length));
    double parse = since(began);

    began = now();
    IM3Runtime runtime = m3_NewRuntime(environment, STACK_BYTES, NULL);
    check(m3_LoadModule(runtime, module));
    double instantiate = since(began);

    began = now();
    M3Result compiled = m3_CompileModule(module);
    // A function that calls a missing import cannot be compiled.
    if (compiled != m3Err_none && compiled != m3Err_functionLookupFailed && compiled != m3Err_functionImportMissing) check(compiled);
    double compile = since(began);

    began = now();
    IM3Function function = called(runtime, name, args);
    double call = since(began);

    printf("{\"engine\":\"wasm3 %s\",\"results\":[", M3_VERSION);
    print_result(function);
    printf("],\"phases\":{\"parse\":%f,\"compile\":%f,\"instantiate\":%f,\"call\":%f", parse, compile, instantiate, call);
    m3_FreeRuntime(runtime);
    if (times > 0) {
        began = now();
        for (long i = 0; i < times; i++) {
            IM3Runtime again = loaded(environment);
            called(again, name, args);
            m3_FreeRuntime(again);
        }
        printf(",\"again\":%f", since(began) / (double)times);
    }
    printf(",\"all\":%f}}\n", 1e3 * (now().wall - start.wall));
    return 0;
}
