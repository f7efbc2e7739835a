#include "process_exit.h"

#ifndef _WIN32
#    include <chrono>
#    include <cstdio>
#    include <cstdlib>
#    include <thread>
#    include <unistd.h>
#endif

namespace ls {

std::atomic<bool> process_exits{false};

#ifdef _WIN32

// Windows ends all other threads before it destroys anything.
void await_threads_at_exit() {}
void thread_enters() {}
void thread_leaves() {}

#else

namespace {

std::atomic<int> inside{0};

// How long to wait for threads to leave. Computations stop at their next graph node. Some calls cannot be stopped, such as
// tokenizing or a wait for the JVM, which has ended.
constexpr auto patience = std::chrono::milliseconds(1500);

bool all_have_left() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (inside.load() > 0) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

#    ifdef __GLIBC__
void on_process_exit(int status, void *) {
    process_exits.store(true);
    if (!all_have_left()) {
        std::fflush(nullptr);
        _exit(status);
    }
}
#    else
// Only glibc tells the status, without which nothing but the exit itself can end the process. Whoever has not left is safe
// only if nothing is destroyed: see CMakeLists.txt.
void on_process_exit() {
    process_exits.store(true);
    (void) all_have_left();
}
#    endif

}  // namespace

void await_threads_at_exit() {
#    ifdef __GLIBC__
    on_exit(on_process_exit, nullptr);
#    else
    std::atexit(on_process_exit);
#    endif
}

void thread_enters() {
    inside.fetch_add(1);
    if (process_exits.load()) {
        inside.fetch_sub(1);
        while (true) {
            std::this_thread::sleep_for(std::chrono::hours(1));
        }
    }
}

void thread_leaves() {
    inside.fetch_sub(1, std::memory_order_release);
}

#endif

}  // namespace ls
