// Quantizes a model's file.
#include "quantize.h"

#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "barrier.h"
#include "process_exit.h"

namespace {

// How much of a tensor is in memory at once. llama.cpp's default is 8 GiB.
constexpr size_t max_buffer = 256u << 20;

struct quantization {
    ls_quantize_progress progress;
    void *               user_data;
    int32_t              tensors = 0;  // begun
    bool                 stopped = false;
};

// What this thread quantizes.
thread_local quantization * current = nullptr;

class current_scope {
  public:
    explicit current_scope(quantization * inner) : outer_(current) { current = inner; }
    ~current_scope() { current = outer_; }
    current_scope(const current_scope &) = delete;

  private:
    quantization * outer_;
};

// llama.cpp starts its workers one by one. If one cannot start, it destroys the others while they run, which ends the process.
// So this starts as many, and reports what goes wrong.
void check_threads(int32_t count) {
    std::mutex               mutex;
    std::vector<std::thread> threads;
    bool                     failed = false;
    {
        std::lock_guard<std::mutex> lock(mutex);  // all of them run at once
        try {
            threads.reserve((size_t) count);
            for (int32_t i = 0; i < count; i++) {
                threads.emplace_back([&mutex] { std::lock_guard<std::mutex> wait(mutex); });
            }
        } catch (const std::exception &) {  // std::system_error or std::bad_alloc
            failed = true;
        }
    }
    for (std::thread & thread : threads) {
        thread.join();
    }
    if (failed) {
        throw ls::refused("cannot start " + std::to_string(count) + " threads");
    }
}

// The reason in llama.cpp's error, which may stand behind the line that it was about to write.
std::string reason() {
    const std::string errors = ls::barrier_scope::errors("unknown error");
    const std::string before = "failed to quantize: ";
    const size_t      at     = errors.rfind(before);
    return at == std::string::npos ? errors : errors.substr(at + before.size());
}

}  // namespace

void ls::quantizer_logs(const char * text) {
    quantization * quantizing = current;
    if (quantizing == nullptr || text[0] != '[') {
        return;
    }
    const current_scope none(nullptr);  // the callback may load models, which log too
    if (process_exits.load() || !quantizing->progress(quantizing->tensors++, quantizing->user_data)) {
        quantizing->stopped = true;
        throw refused("stopped");
    }
}

int32_t ls_quantize(
        const char * source, const char * target, int32_t ftype, int32_t threads, bool allow_requantize,
        ls_quantize_progress progress, void * user_data, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&]() -> int32_t {
        llama_model_quantize_params params = llama_model_quantize_default_params();
        params.nthread                     = threads;
        params.ftype                       = (llama_ftype) ftype;
        params.allow_requantize            = allow_requantize;
        params.max_buf_size                = max_buffer;
        check_threads(threads);
        quantization        quantizing{progress, user_data};
        const current_scope scope(&quantizing);
        const uint32_t      failed = llama_model_quantize(source, target, &params);
        ls::trim_heap();
        if (quantizing.stopped) {
            ls::barrier_scope::expect_errors();
            return 0;
        }
        if (failed != 0) {
            throw ls::refused(reason());
        }
        return 1;
    });
}
