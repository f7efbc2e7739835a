// What test-llama-archs.cpp needs of llama.cpp's common library, which takes minutes to build.

#include "common.h"

#include <cstdarg>
#include <cstdio>

#include "log.h"

void common_init() {}

int common_log_get_verbosity_thold() {
    return LOG_LEVEL_WARN;
}

void common_log_set_verbosity_thold(int) {}

int common_log_get_verbosity(enum ggml_log_level level) {
    return level == GGML_LOG_LEVEL_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
}

common_log * common_log_main() {
    return nullptr;
}

void common_log_flush(common_log *) {}

void common_log_add(common_log *, ggml_log_level, const char * format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::vfprintf(stderr, format, arguments);
    va_end(arguments);
}

void common_batch_add(llama_batch & batch, llama_token, llama_pos, const std::vector<llama_seq_id> &, bool) {
    GGML_ASSERT(batch.token == nullptr && "models are written here, not run");
}
