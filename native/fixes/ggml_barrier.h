// How ggml's threads wait for each other: see ggml-cpu.patch. On a machine that other processes use too, the thread that is waited
// for may have lost its processor. A thread that spins then burns the time that the other one needs.
#pragma once

#include <stdatomic.h>

// Some microseconds: what a thread waits when all have a processor.
#ifndef LS_BARRIER_SPINS
#define LS_BARRIER_SPINS 1000
#endif

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
#pragma comment(lib, "synchronization")

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

// A sleeper counts itself before it looks at the value, and the last thread changes the value before it looks at the count: one of
// them sees the other.
static inline void ls_barrier_sleep(atomic_int * value, int unchanged, atomic_int * asleep) {
    atomic_fetch_add(asleep, 1);
    ls_barrier_wait(value, unchanged);
    atomic_fetch_sub(asleep, 1);
}

static inline void ls_barrier_wake(atomic_int * value, atomic_int * asleep) {
    if (atomic_load(asleep) > 0) {
        ls_barrier_wake_all(value);
    }
}
