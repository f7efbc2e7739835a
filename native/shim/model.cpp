#include "barrier.h"

llama_model * ls_model_load(const char * path, const llama_model_params * params, ls_error * error) {
    return ls::barrier(error, (llama_model *) nullptr, [&] {
        llama_model * model = llama_model_load_from_file(path, *params);
        if (model == nullptr) {
            throw ls::refused(ls::barrier_scope::errors("the load was stopped"));
        }
        return model;
    });
}

int32_t ls_model_free(llama_model * model, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        llama_model_free(model);
        ls::trim_heap();
        return 0;
    });
}

int32_t ls_model_n_head(const llama_model * model, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] { return llama_model_n_head(model); });
}

int32_t ls_model_n_head_kv(const llama_model * model, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] { return llama_model_n_head_kv(model); });
}

int32_t ls_detokenize(
        const llama_vocab * vocab, const llama_token * tokens, int32_t n_tokens, char * text, int32_t text_len_max,
        bool remove_special, bool unparse_special, ls_error * error) {
    return ls::barrier(error, INT32_MIN, [&] {
        return llama_detokenize(vocab, tokens, n_tokens, text, text_len_max, remove_special, unparse_special);
    });
}

int32_t ls_token_to_piece(
        const llama_vocab * vocab, llama_token token, char * buf, int32_t length, bool special, ls_error * error) {
    return ls::barrier(error, INT32_MIN, [&] {
        return llama_token_to_piece(vocab, token, buf, length, 0, special);
    });
}
