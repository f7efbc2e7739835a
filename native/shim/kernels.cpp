// Which matrices the CPU backend stores in a layout of its own.
#include <memory>

#include "barrier.h"
#include "cpu_backend.h"

namespace {

struct context_free {
    void operator()(ggml_context * context) const { ggml_free(context); }
};

struct buffer_free {
    void operator()(ggml_backend_buffer * buffer) const { ggml_backend_buffer_free(buffer); }
};

// As llama-model-loader.cpp asks when it chooses a buffer for a weight.
bool supported(ggml_backend_dev_t device, ggml_backend_buffer_type_t buffer_type, ggml_type type, int64_t columns,
               int64_t rows, int64_t experts) {
    const ggml_init_params params = {ggml_tensor_overhead() * 8, nullptr, true};
    const std::unique_ptr<ggml_context, context_free> context(ggml_init(params));
    ggml_context * const                              c = context.get();
    ggml_tensor *                                     weight;
    ggml_tensor *                                     product;
    if (experts > 1) {
        weight  = ggml_new_tensor_3d(c, type, columns, rows, experts);
        product = ggml_mul_mat_id(
            c, weight, ggml_new_tensor_3d(c, GGML_TYPE_F32, columns, 1, 512), ggml_new_tensor_2d(c, GGML_TYPE_I32, 1, 512));
    } else {
        weight  = ggml_new_tensor_2d(c, type, columns, rows);
        product = ggml_mul_mat(c, weight, ggml_new_tensor_2d(c, GGML_TYPE_F32, columns, 512));
    }
    const std::unique_ptr<ggml_backend_buffer, buffer_free> buffer(ggml_backend_buft_alloc_buffer(buffer_type, 0));
    weight->buffer = buffer.get();
    return ggml_backend_dev_supports_op(device, product);
}

}  // namespace

int32_t ls_cpu_repacks(int32_t type, int64_t columns, int64_t rows, int64_t experts, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&]() -> int32_t {
        ggml_backend_dev_t cpu = ls::cpu_device();
        const auto extra_bufts =
            ls::cpu_function<ggml_backend_dev_get_extra_bufts_t>("ggml_backend_dev_get_extra_bufts");
        for (ggml_backend_buffer_type_t * buft = extra_bufts(cpu); buft != nullptr && *buft != nullptr; buft++) {
            if (supported(cpu, *buft, (ggml_type) type, columns, rows, experts)) {
                return 1;
            }
        }
        return 0;
    });
}
