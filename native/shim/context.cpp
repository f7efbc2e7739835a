#include "context.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "barrier.h"
#include "cpu_backend.h"
#include "process_exit.h"

namespace {

using threadpool_new_fn  = ggml_threadpool_t (*)(ggml_threadpool_params *);
using threadpool_free_fn = void (*)(ggml_threadpool_t);

// ggml calls this on the calling thread once per graph node. Reading the clock costs more than reading a flag, so read it
// rarely when nodes are short.
bool should_stop(void * data) {
    auto * context = static_cast<ls_context *>(data);
    const bool stop = context->stop.load(std::memory_order_relaxed) != 0 ||
                      ls::process_exits.load(std::memory_order_relaxed) ||
                      (context->has_deadline && context->polls++ % context->polls_per_look == 0 &&
                       std::chrono::steady_clock::now() >= context->deadline);
    if (stop) {
        ls::barrier_scope::expect_errors();  // libllama reports a stop as a failed computation
    }
    return stop;
}

double log_sum_exp(const float * logits, int32_t n) {
    const float max = *std::max_element(logits, logits + n);
    double      sum = 0;
    for (int32_t id = 0; id < n; id++) {
        sum += std::exp((double) logits[id] - max);
    }
    return max + std::log(sum);
}

}  // namespace

ls_context::~ls_context() {
    if (llama != nullptr) {
        llama_free(llama);
    }
    if (threadpool != nullptr) {
        threadpool_free(threadpool);
    }
}

const float * ls_context::logits(int32_t i) const {
    const float * row = llama_get_logits_ith(llama, i);
    if (row == nullptr) {
        throw ls::refused(ls::barrier_scope::errors("no logits"));
    }
    return row;
}

int32_t ls_context::n_vocab() const {
    return llama_vocab_n_tokens(llama_model_get_vocab(llama_get_model(llama)));
}

ls_context * ls_context_new(llama_model * model, const llama_context_params * params, ls_error * error) {
    return ls::barrier(error, (ls_context *) nullptr, [&] {
        auto context = std::make_unique<ls_context>();

        llama_context_params p  = *params;
        p.abort_callback        = should_stop;
        p.abort_callback_data   = context.get();
        context->llama          = llama_init_from_model(model, p);
        if (context->llama == nullptr) {
            throw ls::refused(ls::barrier_scope::errors("libllama gave no reason"));
        }

        context->unified            = p.kv_unified;
        ggml_threadpool_params pool = ggml_threadpool_params_default(std::max(p.n_threads, p.n_threads_batch));
        // Sleep soon between two graphs, after some microseconds (ggml-cpu.patch). The default is to spin for a tenth of a
        // second, but a consumer may be slow, and a thread that has just been woken needs the processor.
        pool.poll = 100;
        context->threadpool_free    = ls::cpu_function<threadpool_free_fn>("ggml_threadpool_free");
        context->threadpool = ls::cpu_function<threadpool_new_fn>("ggml_threadpool_new")(&pool);
        llama_attach_threadpool(context->llama, context->threadpool, nullptr);
        static std::once_flag first;
        std::call_once(first, ls::await_threads_at_exit);
        return context.release();
    });
}

int32_t ls_context_free(ls_context * context, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        delete context;
        ls::trim_heap();
        return 0;
    });
}

llama_context * ls_context_llama(ls_context * context) {
    return context->llama;
}

int32_t * ls_context_stop_flag(ls_context * context) {
    static_assert(sizeof(context->stop) == sizeof(int32_t), "Java writes it as an int");
    return reinterpret_cast<int32_t *>(&context->stop);
}

void ls_context_set_timeout(ls_context * context, int64_t nanos) {
    context->has_deadline = nanos >= 0;
    if (context->has_deadline) {
        context->deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(nanos);
    }
}

int32_t ls_decode(ls_context * context, const llama_batch * batch, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        context->polls          = 0;
        context->polls_per_look = batch->n_tokens < 16 ? 16 : 1;
        const int32_t status = llama_decode(context->llama, *batch);
        static std::once_flag first;
        std::call_once(first, ls::await_threads_at_exit);
        if (status == 1) {
            ls::barrier_scope::expect_errors();  // no room: the status reports it to the caller
        }
        if (status == -1) {
            throw ls::refused(ls::barrier_scope::errors("invalid batch"));
        }
        if (status < -1) {
            throw std::runtime_error(ls::barrier_scope::errors("llama_decode failed") + " (status " +
                                     std::to_string(status) + ")");
        }
        return status;
    });
}

const float * ls_logits(ls_context * context, int32_t i, ls_error * error) {
    return ls::barrier(error, (const float *) nullptr, [&] { return context->logits(i); });
}

float ls_logprob(ls_context * context, int32_t i, llama_token token, ls_error * error) {
    return ls::barrier(error, std::nanf(""), [&] {
        const float * logits  = context->logits(i);
        const int32_t n_vocab = context->n_vocab();
        if (token < 0 || token >= n_vocab) {
            throw ls::refused("token " + std::to_string(token) + " is not in [0, " + std::to_string(n_vocab) + ")");
        }
        return (float) (logits[token] - log_sum_exp(logits, n_vocab));
    });
}

int32_t ls_top_logprobs(
        ls_context * context, int32_t i, int32_t n, llama_token * tokens, float * logprobs, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        const float * logits  = context->logits(i);
        const int32_t n_vocab = context->n_vocab();
        const int32_t count   = std::clamp(n, 0, n_vocab);

        std::vector<llama_token> order(n_vocab);
        std::iota(order.begin(), order.end(), 0);
        std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](llama_token a, llama_token b) {
            return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
        });
        const double total = log_sum_exp(logits, n_vocab);
        for (int32_t k = 0; k < count; k++) {
            tokens[k]   = order[k];
            logprobs[k] = (float) (logits[order[k]] - total);
        }
        return count;
    });
}

int32_t ls_memory_clear(ls_context * context, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        llama_memory_clear(llama_get_memory(context->llama), false);
        return 0;
    });
}

int32_t ls_memory_seq_rm(ls_context * context, llama_seq_id seq_id, llama_pos p0, llama_pos p1, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        return llama_memory_seq_rm(llama_get_memory(context->llama), seq_id, p0, p1) ? 1 : 0;
    });
}

int32_t ls_memory_seq_cp(ls_context * context, llama_seq_id src, llama_seq_id dst, llama_pos n, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        llama_memory_t memory = llama_get_memory(context->llama);
        if (context->unified) {
            llama_memory_seq_cp(memory, src, dst, 0, n);
        } else {
            // llama_memory_seq_cp asserts that the range is everything; the next decode makes the actual copy
            llama_memory_seq_cp(memory, src, dst, -1, -1);
            llama_memory_seq_rm(memory, dst, n, -1);
        }
        return 0;
    });
}

int32_t ls_memory_seq_add(
        ls_context * context, llama_seq_id seq_id, llama_pos p0, llama_pos p1, llama_pos delta, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        llama_memory_t memory = llama_get_memory(context->llama);
        if (!llama_memory_can_shift(memory)) {
            return 0;
        }
        llama_memory_seq_add(memory, seq_id, p0, p1, delta);
        return 1;
    });
}

int32_t ls_memory_seq_length(ls_context * context, llama_seq_id seq_id, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        return llama_memory_seq_pos_max(llama_get_memory(context->llama), seq_id) + 1;
    });
}

namespace {

uint64_t checked_state(size_t bytes) {
    if (bytes == 0) {
        throw ls::refused(ls::barrier_scope::errors("no state"));
    }
    return bytes;
}

}  // namespace

uint64_t ls_state_size(ls_context * context, llama_seq_id seq_id, ls_error * error) {
    return ls::barrier(error, (uint64_t) 0, [&]() -> uint64_t {
        return checked_state(llama_state_seq_get_size(context->llama, seq_id));
    });
}

uint64_t ls_state_get(ls_context * context, llama_seq_id seq_id, uint8_t * to, uint64_t size, ls_error * error) {
    return ls::barrier(error, (uint64_t) 0, [&]() -> uint64_t {
        return checked_state(llama_state_seq_get_data(context->llama, to, size, seq_id));
    });
}

uint64_t ls_state_set(
        ls_context * context, llama_seq_id seq_id, const uint8_t * from, uint64_t size, ls_error * error) {
    return ls::barrier(error, (uint64_t) 0, [&]() -> uint64_t {
        return checked_state(llama_state_seq_set_data(context->llama, from, size, seq_id));
    });
}
