// The end of the process. Its static objects are destroyed while threads that the JVM no longer waits for may still compute with
// them: so those stop first.
#pragma once

#include <atomic>

namespace ls {

extern std::atomic<bool> process_exits;

// To be called whenever libllama may have made static objects: what is registered last runs first.
void await_threads_at_exit();

// A thread goes into native code, for good if the process exits, and comes out.
void thread_enters();
void thread_leaves();

}  // namespace ls
