#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <deque>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "barrier.h"
#include "cpu_backend.h"
#include "process_exit.h"
#include "quantize.h"

// From libllama's src/unicode.h.
uint8_t                  unicode_utf8_to_byte(const std::string & utf8);
std::vector<std::string> unicode_regex_split(
        const std::string & text, const std::vector<std::string> & regex_exprs, bool byte_encode);

namespace {

std::atomic<int32_t> log_min_level{GGML_LOG_LEVEL_WARN};

struct log_lines {
    static constexpr size_t max = 10000;

    std::mutex                                  mutex;
    std::deque<std::pair<int32_t, std::string>> lines;  // level, line
    std::atomic<int32_t>                        waiting{0};
};

// Never destroyed, because threads log until the very end.
log_lines & log_queue() {
    static auto * queue = new log_lines();
    return *queue;
}

// Warnings of libllama about settings that are intended.
constexpr const char * expected_warnings[] = {
    "using full-size SWA cache",       // needed so that prompts can share a common prefix
    "model default pooling_type is",   // generating models have no pooling type
    "n_ctx is not divisible by n_seq_max",
    "(required for type",  // one for each matrix that the quantizer stores another way; a last line says how many
};

bool is_expected(const std::string & line) {
    return std::any_of(std::begin(expected_warnings), std::end(expected_warnings), [&](const char * part) {
        return line.find(part) != std::string::npos;
    });
}

void deliver(ggml_log_level level, const std::string & line) {
    if (level == GGML_LOG_LEVEL_WARN && is_expected(line)) {
        level = GGML_LOG_LEVEL_INFO;
    }
    const bool bad = level == GGML_LOG_LEVEL_WARN || level == GGML_LOG_LEVEL_ERROR;
    if (!bad || !ls::barrier_scope::hold(level, line)) {
        ls::log_line(level, line);
    }
}

// libllama logs fragments of lines; GGML_LOG_LEVEL_CONT continues the previous one. This passes on whole lines.
void collect(ggml_log_level level, const char * text) noexcept {
    static thread_local std::string    pending;
    static thread_local ggml_log_level pending_level = GGML_LOG_LEVEL_NONE;
    try {
        if (level != GGML_LOG_LEVEL_CONT) {
            pending_level = level;
        }
        pending += text;
        for (size_t end; (end = pending.find('\n')) != std::string::npos;) {
            const std::string line = pending.substr(0, end);
            pending.erase(0, end + 1);
            if (!line.empty()) {
                deliver(pending_level, line);
            }
        }
    } catch (...) {
        // logging must not cause a failure
    }
}

void on_log(ggml_log_level level, const char * text, void *) {
    collect(level, text);
    ls::quantizer_logs(text);
}

// Creates static objects early, so that they outlive every computation. Otherwise the CPU backend would create its own when
// the first model is loaded, and it reads them at each graph node. The tokenizer would create its tables with the first
// text, and tokenizing cannot be stopped at exit.
void make_static_objects() {
#ifndef _WIN32  // Windows does not export them, and ends all other threads first
    unicode_utf8_to_byte("a");
    unicode_regex_split("\u00e9", {"\\p{N}"}, true);
#endif
    const auto extra_bufts = ls::cpu_function<ggml_backend_dev_get_extra_bufts_t>("ggml_backend_dev_get_extra_bufts");
    extra_bufts(ls::cpu_device());
}

void on_abort(const char * message) {
    ls::throw_assertion(message);
    std::fprintf(stderr, "%s\n", message);
}

}  // namespace

void ls::log_line(int32_t level, const std::string & line) {
    if (level < log_min_level.load(std::memory_order_relaxed)) {
        return;
    }
    log_lines &                 queue = log_queue();
    std::lock_guard<std::mutex> lock(queue.mutex);
    if (queue.lines.size() == log_lines::max) {
        queue.lines.pop_front();
    }
    queue.lines.emplace_back(level, line);
    queue.waiting.store((int32_t) queue.lines.size(), std::memory_order_relaxed);
}

int32_t ls_abi_version(void) {
    return LS_ABI_VERSION;
}

void ls_log_set_level(int32_t min_level) {
    log_min_level.store(min_level, std::memory_order_relaxed);
}

int32_t * ls_log_waiting(void) {
    static_assert(sizeof(std::atomic<int32_t>) == sizeof(int32_t), "Java reads it as an int");
    return reinterpret_cast<int32_t *>(&log_queue().waiting);
}

int32_t ls_log_take(char * buf, int32_t length, int32_t * level) {
    log_lines &                 queue = log_queue();
    std::lock_guard<std::mutex> lock(queue.mutex);
    if (queue.lines.empty()) {
        return -1;
    }
    const auto &  line = queue.lines.front();
    const int32_t size = (int32_t) line.second.size();
    std::memcpy(buf, line.second.data(), (size_t) std::min(size, length));
    *level = line.first;
    queue.lines.pop_front();
    queue.waiting.store((int32_t) queue.lines.size(), std::memory_order_relaxed);
    return size;
}

int32_t ls_init(const char * backend_dir, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&]() -> int32_t {
        llama_log_set(on_log, nullptr);
        ggml_set_abort_callback(on_abort);
        if (ggml_backend_reg_by_name("CPU") == nullptr) {
            ggml_backend_load_all_from_path(backend_dir);
        }
        llama_backend_init();
        if (ls::cpu_device() == nullptr) {
            throw ls::refused(std::string("no CPU backend in ") + backend_dir);
        }
        ls::find_cpu_functions();
        static std::once_flag first;
        std::call_once(first, [] {
            make_static_objects();
            ls::await_threads_at_exit();
        });
        return 0;
    });
}
