// Handles the exit of the process. The exit destroys static objects, but native threads may still be using them: the JVM no
// longer waits for these threads. So this code waits until they have left native code.
#pragma once

#include <atomic>

namespace ls {

extern std::atomic<bool> process_exits;

// Call this whenever libllama may have created static objects. Exit handlers run in reverse order of registration, so this
// one runs before their destructors.
void await_threads_at_exit();

// Called when a thread enters and leaves native code. If the process is exiting, thread_enters() never returns.
void thread_enters();
void thread_leaves();

}  // namespace ls
