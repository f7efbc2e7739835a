#include "call_limits.h"

#include <chrono>
#include <cstdlib>
#include <new>

namespace ls {

namespace {

thread_local limits * current = nullptr;

int64_t now() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

limits::limits(int64_t nanos, size_t bytes, size_t stack) : outer_(current), bytes_(bytes) {
    const int64_t begin = now();
    deadline_           = nanos > INT64_MAX - begin ? INT64_MAX : begin + nanos;
    lowest_             = (const char *) &outer_ - stack;
    current             = this;
}

limits::~limits() {
    current = outer_;
}

void limits::check(size_t bytes) {
    allocated_ += bytes;
    const char here = 0;
    if (allocated_ > bytes_) {
        exceeded_ = "too much memory used";
    } else if (&here < lowest_) {
        exceeded_ = "nested too deeply";
    } else if (++allocations_ % 64 == 0 && now() > deadline_) {
        exceeded_ = "out of time";
    } else if (exceeded_ == nullptr) {
        return;
    }
    if (std::uncaught_exceptions() == 0) {
        throw limit_exceeded(exceeded_);
    }
}

void limits::count(size_t bytes) {
    if (current != nullptr) {
        current->check(bytes);
    }
}

limits::pause::pause() : paused_(current) {
    current = nullptr;
}

limits::pause::~pause() {
    current = paused_;
}

}  // namespace ls

#if !defined(__SANITIZE_ADDRESS__)

// Not exported: for this library alone.
void * operator new(size_t size) {
    ls::limits::count(size);
    if (void * memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

void * operator new[](size_t size) {
    return operator new(size);
}

void operator delete(void * memory) noexcept {
    std::free(memory);
}

void operator delete[](void * memory) noexcept {
    std::free(memory);
}

void operator delete(void * memory, size_t) noexcept {
    std::free(memory);
}

void operator delete[](void * memory, size_t) noexcept {
    std::free(memory);
}

#endif
