// The functions of ggml's CPU backend. They are looked up by name, because no linked library exports them when backends are
// dynamic.
#pragma once

#include "ggml-backend.h"

namespace ls {

// NULL before the backends are loaded.
ggml_backend_dev_t cpu_device();

// Throws if the CPU backend has no such function.
void * cpu_function(const char * name);

template <class F> F cpu_function(const char * name) {
    return reinterpret_cast<F>(cpu_function(name));
}

// Call this when the backends are loaded.
void find_cpu_functions();

// Whether this thread computes a graph together with others, which wait for it.
bool computes_with_others();

}  // namespace ls
