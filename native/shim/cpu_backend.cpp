#include "cpu_backend.h"

#include <atomic>
#include <string>

#include "barrier.h"

namespace ls {

namespace {

using with_others_fn = bool (*)();

// Known in advance, because a search may not begin where an assertion failed.
std::atomic<with_others_fn> with_others{nullptr};

}  // namespace

ggml_backend_dev_t cpu_device() {
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
}

void * cpu_function(const char * name) {
    void * function = ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu_device()), name);
    if (function == nullptr) {
        throw refused(std::string("the CPU backend has no ") + name);
    }
    return function;
}

void find_cpu_functions() {
    with_others.store(cpu_function<with_others_fn>("ls_computes_with_others"));  // see ggml-cpu.patch
}

bool computes_with_others() {
    const with_others_fn asked = with_others.load();
    return asked != nullptr && asked();
}

}  // namespace ls
