// How ggml's threads wait for each other: see ggml-cpu.patch. On a machine that other processes use too, the thread that is waited
// for may have lost its processor. A thread that spins then burns the time that the other one needs.
//
// When another process computes on one of two processors, the system soon runs both threads on the other one. A token has some 800
// waits, and each then lasts until the waiting thread sleeps. So the threads of a graph stop spinning when they have slept often.
// A short wait takes one sleep back: on an idle machine too, the threads of a prompt's graph sleep a few times, because its nodes
// take milliseconds.
#pragma once

#include <stdatomic.h>

static inline void ggml_thread_cpu_relax(void);

#if defined(__linux__)
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

// Sleeps until another thread wakes, unless the value has changed already. It may wake early.
static inline void ls_barrier_wait(atomic_int * value, int unchanged) {
    syscall(SYS_futex, (int *) value, FUTEX_WAIT_PRIVATE, unchanged, NULL, NULL, 0);
}

static inline void ls_barrier_wake_all(atomic_int * value) {
    syscall(SYS_futex, (int *) value, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
#elif defined(_WIN32)
static inline void ls_barrier_wait(atomic_int * value, int unchanged) {
    WaitOnAddress((volatile void *) value, &unchanged, sizeof unchanged, INFINITE);
}

static inline void ls_barrier_wake_all(atomic_int * value) {
    WakeByAddressAll((void *) value);
}
#else
#include <sched.h>

static inline void ls_barrier_wait(atomic_int * value, int unchanged) {
    (void) value, (void) unchanged;
    sched_yield();
}

static inline void ls_barrier_wake_all(atomic_int * value) {
    (void) value;
}
#endif

// The sleep of a graph's threads.
struct ls_sleep {
    atomic_int asleep; // threads that sleep now, or are about to
    atomic_int slept;  // times since the graph began, less the waits that were short
};

// How long a thread spins. Where all threads have a processor, nearly all waits are shorter.
enum { LS_SPIN_US = 200 };

// After this many sleeps, the threads spin for LS_ROUNDS only.
enum { LS_SHARED = 8 };

enum { LS_ROUNDS = 64 }; // about a microsecond

static inline bool ls_barrier_spin(atomic_int * value, int unchanged) {
    for (int i = 0; i < LS_ROUNDS; i++) {
        if (atomic_load_explicit(value, memory_order_relaxed) != unchanged) {
            return true;
        }
        ggml_thread_cpu_relax();
    }
    return false;
}

// Waits until the value has changed.
static inline void ls_barrier_await(atomic_int * value, int unchanged, struct ls_sleep * sleep) {
    if (ls_barrier_spin(value, unchanged)) {
        if (atomic_load_explicit(&sleep->slept, memory_order_relaxed) > 0) {
            atomic_fetch_sub_explicit(&sleep->slept, 1, memory_order_relaxed);
        }
        return;
    }
    if (atomic_load_explicit(&sleep->slept, memory_order_relaxed) < LS_SHARED) {
        const int64_t end = ggml_time_us() + LS_SPIN_US;
        do {
            if (ls_barrier_spin(value, unchanged)) {
                return;
            }
        } while (ggml_time_us() < end);
    }
    atomic_fetch_add_explicit(&sleep->slept, 1, memory_order_relaxed);
    // A sleeper counts itself before it looks at the value, and the last thread changes the value before it looks at the count: one
    // of them sees the other.
    atomic_fetch_add(&sleep->asleep, 1);
    while (atomic_load(value) == unchanged) {
        ls_barrier_wait(value, unchanged);
    }
    atomic_fetch_sub(&sleep->asleep, 1);
}

static inline void ls_barrier_wake(atomic_int * value, struct ls_sleep * sleep) {
    if (atomic_load(&sleep->asleep) > 0) {
        ls_barrier_wake_all(value);
    }
}
