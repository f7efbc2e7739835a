#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "llamastream.h"

struct ls_context {
    llama_context *   llama        = nullptr;
    ggml_threadpool_t threadpool   = nullptr;
    void (*threadpool_free)(ggml_threadpool_t) = nullptr;
    bool              unified      = false;  // all sequences share one set of cells
    // read by the abort callback during a computation
    std::atomic<int32_t>                  stop{0};
    bool                                  has_deadline = false;
    std::chrono::steady_clock::time_point deadline;
    uint32_t                              polls = 0;
    uint32_t                              polls_per_look = 1;

    ~ls_context();

    // Row i of the last batch's logits. Throws if there is none.
    const float * logits(int32_t i) const;
    int32_t       n_vocab() const;
};
