#include "barrier.h"

#include "cpu_backend.h"
#include "process_exit.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#ifdef __GLIBC__
#    include <malloc.h>
#endif

namespace ls {

namespace {

constexpr size_t max_errors_length = 1500;
constexpr size_t max_held          = 100;

struct thread_state {
    int  depth           = 0;
    bool errors_expected = false;
    std::vector<std::pair<int32_t, std::string>> held;  // level, line
};

thread_state & state() {
    static thread_local thread_state s;
    return s;
}

}  // namespace

barrier_scope::barrier_scope() : exceptions_(std::uncaught_exceptions()) {
    thread_state & s = state();
    if (s.depth++ == 0) {
        thread_enters();
        s.errors_expected = false;
    }
}

barrier_scope::~barrier_scope() {
    thread_state & s = state();
    if (--s.depth > 0) {
        return;
    }
    const bool told = s.errors_expected || std::uncaught_exceptions() > exceptions_;
    try {
        for (const auto & [level, line] : s.held) {
            log_line(told ? GGML_LOG_LEVEL_DEBUG : level, line);
        }
    } catch (...) {
        // logging must not cause a failure
    }
    s.held.clear();
    thread_leaves();
}

bool barrier_scope::active() {
    return state().depth > 0;
}

void barrier_scope::expect_errors() {
    state().errors_expected = true;
}

bool barrier_scope::hold(int32_t level, const std::string & line) {
    thread_state & s = state();
    if (s.depth == 0 || s.held.size() == max_held) {
        return false;
    }
    s.held.emplace_back(level, line);
    return true;
}

std::string barrier_scope::errors(const char * fallback) {
    std::string errors;
    for (const auto & [level, line] : state().held) {
        if (level == GGML_LOG_LEVEL_ERROR && errors.size() < max_errors_length) {
            errors += errors.empty() ? line : "; " + line;
        }
    }
    return errors.empty() ? fallback : errors;
}

void throw_assertion(const char * message) {
    if (barrier_scope::active() && !computes_with_others()) {
        throw assertion_failed(message);
    }
}

void trim_heap() {
#ifdef __GLIBC__
    // Once the first large block has been freed, glibc keeps blocks of that size on its heap. A small block above them then
    // keeps them resident. A JVM that opened and closed 500 contexts grew by 1.6 GB.
    malloc_trim(0);
#endif
}

void report(ls_error * error, ls_error_kind kind, const char * message) noexcept {
    if (error == nullptr) {
        return;
    }
    error->kind = kind;
    const size_t room   = sizeof(error->message) - 1;
    const size_t length = std::strlen(message) < room ? std::strlen(message) : room;
    std::memcpy(error->message, message, length);
    error->message[length] = '\0';
}

}  // namespace ls
