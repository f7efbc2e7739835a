/*
 * libllamastream: the few things between Java and libllama that neither Java nor plain C can do well.
 *
 * Every function with an ls_error* is a barrier: a C++ exception, or a GGML_ASSERT that fails on the calling
 * thread, comes back as an error with a message instead of ending the process. Such a function returns its
 * failure value (NULL or LS_FAILED) and fills in the error; on success the error is left alone.
 */
#ifndef LLAMASTREAM_H
#define LLAMASTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "llama.h"

#ifdef _WIN32
#    ifdef LLAMASTREAM_BUILD
#        define LS_API __declspec(dllexport)
#    else
#        define LS_API __declspec(dllimport)
#    endif
#else
#    define LS_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised with every change of this header that Java has to know. */
#define LS_ABI_VERSION 5

/* Returned by functions of type int32_t when the error was filled in; below every status of llama_decode. */
#define LS_FAILED (-1000)

enum ls_error_kind {
    LS_ERROR_NONE      = 0,
    LS_ERROR_REFUSED   = 1, /* libllama, or the shim, refused the arguments; nothing happened, if the function says no more */
    LS_ERROR_EXCEPTION = 2, /* a C++ exception: the object concerned may be half changed */
    LS_ERROR_ASSERTION = 3, /* a failed GGML_ASSERT, or GGML_ABORT: likewise */
};

typedef struct ls_error {
    int32_t kind;
    char    message[2044];
} ls_error;

/* ---- library ---- */

LS_API int32_t ls_abi_version(void);

/* What libllama logs waits here, a whole line at a time, until it is taken: nothing is called back, so that nobody who listens must
 * outlive the process. Lines below min_level (enum ggml_log_level) are not kept; nor the oldest, of more than some thousand. */
LS_API void ls_log_set_level(int32_t min_level);

/* The address of an int32_t: how many lines wait. */
LS_API int32_t * ls_log_waiting(void);

/* Takes the oldest line, and its level: the length in bytes, of which at most length are written to buf, without a terminating
 * zero. -1: none waits. */
LS_API int32_t ls_log_take(char * buf, int32_t length, int32_t * level);

/* Before anything else; again, it does nothing. backend_dir: where dynamic backends lie. Fails without a CPU backend. */
LS_API int32_t ls_init(const char * backend_dir, ls_error * error);

/* ---- model ---- */

LS_API struct llama_model * ls_model_load(
        const char * path, const struct llama_model_params * params, ls_error * error);
LS_API int32_t ls_model_free(struct llama_model * model, ls_error * error);

/* Called on the calling thread before the quantizer begins a tensor: how many it has begun before. False: stop. */
typedef bool (*ls_quantize_progress)(int32_t tensors, void * user_data);

/*
 * As llama_model_quantize, for a type (enum llama_ftype) that needs no importance matrix. threads: at least 1. 1: done; 0: progress
 * stopped it; or LS_FAILED. Then a part of the target may be there.
 */
LS_API int32_t ls_quantize(
        const char * source, const char * target, int32_t ftype, int32_t threads, bool allow_requantize,
        ls_quantize_progress progress, void * user_data, ls_error * error);

/*
 * Whether the CPU backend stores a matrix of this type (enum ggml_type) and size in a layout of its own, for which it has faster
 * kernels on this processor. experts: how many matrices of this size one tensor holds, or 1. 1, 0, or LS_FAILED.
 */
LS_API int32_t ls_cpu_repacks(int32_t type, int64_t columns, int64_t rows, int64_t experts, ls_error * error);

/* As llama_model_n_head and llama_model_n_head_kv, which abort on a model without layers (vocab_only). Or LS_FAILED. */
LS_API int32_t ls_model_n_head(const struct llama_model * model, ls_error * error);
LS_API int32_t ls_model_n_head_kv(const struct llama_model * model, ls_error * error);

/* As llama_tokenize: the count, or its negative when tokens has no room for it. */
LS_API int32_t ls_tokenize(
        const struct llama_vocab * vocab, const char * text, int32_t text_len, llama_token * tokens,
        int32_t n_tokens_max, bool add_special, bool parse_special, ls_error * error);

/* As llama_detokenize and llama_token_to_piece, likewise. */
LS_API int32_t ls_detokenize(
        const struct llama_vocab * vocab, const llama_token * tokens, int32_t n_tokens, char * text,
        int32_t text_len_max, bool remove_special, bool unparse_special, ls_error * error);
LS_API int32_t ls_token_to_piece(
        const struct llama_vocab * vocab, llama_token token, char * buf, int32_t length, bool special,
        ls_error * error);

/* As ls_tokenize with parse_special. But the bytes at these positions, in ascending order, are no part of a control token. */
LS_API int32_t ls_tokenize_protected(
        const struct llama_vocab * vocab, const char * text, int32_t text_len, const int32_t * positions,
        int32_t n_positions, llama_token * tokens, int32_t n_tokens_max, bool add_special, ls_error * error);

/* ---- chat ---- */

/* A text that the library allocated. */
typedef struct ls_buffer {
    char *  data;
    int64_t size;
} ls_buffer;

LS_API void ls_buffer_free(ls_buffer * buffer);

/*
 * The chat templates of a model, or the one given. For any thread. It must be freed before the model. A template is a
 * program: nanos limits how long it may run here. model: NULL for a template alone, where BOS is "<s>" and EOS "</s>".
 */
typedef struct ls_chat ls_chat;

LS_API ls_chat * ls_chat_new(
        const struct llama_model * model, const char * chat_template, int64_t nanos, ls_error * error);
LS_API int32_t ls_chat_free(ls_chat * chat, ls_error * error);

/* A chat as a prompt, and what it takes to read the answer. For one thread at a time. */
typedef struct ls_chat_format ls_chat_format;

/*
 * request: JSON with messages, tools, tool_choice ("auto", "none", "required") and parallel_tool_calls as in OpenAI's API,
 * json_schema, thinking, template_arguments, add_generation_prompt, continue_final_message. now: seconds since 1970.
 * trust: whether control tokens in the messages are control tokens. With json_schema and tools that may be called, the answer
 * is calls, or text that follows the schema.
 *
 * result: JSON with prompt; protected, positions for ls_tokenize_protected; generation_prompt; grammar; preserved_tokens,
 * control tokens that the parser needs as text; stops; thinks, whether the model can; thinking_end, the tag.
 */
LS_API ls_chat_format * ls_chat_apply(
        ls_chat * chat, const char * request, int64_t length, int64_t now, int64_t nanos, bool trust, ls_buffer * result,
        ls_error * error);
LS_API int32_t ls_chat_format_free(ls_chat_format * format, ls_error * error);

/*
 * Reads the next piece of the answer: whole characters. last: nothing follows, but perhaps another answer to this prompt.
 * 0: nothing new. 1: the piece is text. 2: it is thinking. 3: see news, a JSON array of {"text"}, {"thinking"} and
 * {"call": index, "id", "name", "arguments"}: what was added. Or LS_FAILED.
 */
LS_API int32_t ls_chat_parse(
        ls_chat_format * format, const char * piece, int32_t length, bool last, ls_buffer * news, ls_error * error);

/* A grammar in GBNF of the texts that follow a JSON schema. nanos limits how long this may take. 0, or LS_FAILED. */
LS_API int32_t ls_json_schema_to_grammar(
        const char * schema, int64_t length, int64_t nanos, ls_buffer * grammar, ls_error * error);

/* ---- context: a llama_context, a threadpool of its own and a way to stop it ---- */

typedef struct ls_context ls_context;

LS_API ls_context * ls_context_new(
        struct llama_model * model, const struct llama_context_params * params, ls_error * error);
LS_API int32_t ls_context_free(ls_context * context, ls_error * error);
LS_API struct llama_context * ls_context_llama(ls_context * context);

/* The address of an int32_t: while it is not 0, a running ls_decode stops within one graph node. Any thread may write it. */
LS_API int32_t * ls_context_stop_flag(ls_context * context);

/* Stops a running ls_decode after so many nanoseconds from now; negative: never. Not while ls_decode runs. */
LS_API void ls_context_set_timeout(ls_context * context, int64_t nanos);

/* As llama_decode. */
LS_API int32_t ls_decode(ls_context * context, const struct llama_batch * batch, ls_error * error);

/* The logits of row i of the last batch: n_vocab floats, valid until the next ls_decode. */
LS_API const float * ls_logits(ls_context * context, int32_t i, ls_error * error);

/* The logarithm of the softmax of row i at the token, without any sampler; NAN when it failed. */
LS_API float ls_logprob(ls_context * context, int32_t i, llama_token token, ls_error * error);

/* The n most probable tokens of row i, best first, with the same measure. How many there are (at most n), or LS_FAILED. */
LS_API int32_t ls_top_logprobs(
        ls_context * context, int32_t i, int32_t n, llama_token * tokens, float * logprobs, ls_error * error);

/*
 * The embedding of sequence 0 after an ls_decode in a context with embeddings and a pooling type: llama_model_n_embd_out
 * floats, valid until the next ls_decode. Only that decode's tokens are pooled.
 */
LS_API const float * ls_embedding(ls_context * context, ls_error * error);

/* 0, or LS_FAILED. */
LS_API int32_t ls_memory_clear(ls_context * context, ls_error * error);

/* 1: removed; 0: this kind of memory cannot remove a part of a sequence, nothing changed; or LS_FAILED. */
LS_API int32_t ls_memory_seq_rm(
        ls_context * context, llama_seq_id seq_id, llama_pos p0, llama_pos p1, ls_error * error);

/* Makes sequence dst, which must be empty, hold the first n positions of sequence src: shares the cells where sequences can, copies
   them otherwise. 0, or LS_FAILED. */
LS_API int32_t ls_memory_seq_cp(
        ls_context * context, llama_seq_id src, llama_seq_id dst, llama_pos n, ls_error * error);

/* Moves positions [p0, p1) by delta. 1: done; 0: this kind of memory cannot, nothing changed; or LS_FAILED. */
LS_API int32_t ls_memory_seq_add(
        ls_context * context, llama_seq_id seq_id, llama_pos p0, llama_pos p1, llama_pos delta, ls_error * error);

/* How many positions a sequence has: the last one that is there, and one. Or LS_FAILED. */
LS_API int32_t ls_memory_seq_length(ls_context * context, llama_seq_id seq_id, ls_error * error);

/* The state of one sequence: its size in bytes, and the bytes written; 0 when it failed. */
LS_API uint64_t ls_state_size(ls_context * context, llama_seq_id seq_id, ls_error * error);
LS_API uint64_t ls_state_get(ls_context * context, llama_seq_id seq_id, uint8_t * to, uint64_t size, ls_error * error);

/* Replaces the sequence by a state: the bytes read. 0 when it failed: the sequence is empty or undefined then. */
LS_API uint64_t ls_state_set(
        ls_context * context, llama_seq_id seq_id, const uint8_t * from, uint64_t size, ls_error * error);

/* ---- sampler ---- */

typedef struct ls_dry ls_dry;

/*
 * A DRY sampler that has seen no token yet. Takes milliseconds: each token of the vocabulary is looked at. breakers:
 * n_breakers texts of at least 1 byte; refused if too much of the vocabulary has some of them.
 */
LS_API ls_dry * ls_dry_new(
        const struct llama_model * model, float multiplier, float base, int32_t allowed_length, int32_t last_n,
        const char ** breakers, int32_t n_breakers, ls_error * error);
LS_API int32_t ls_dry_free(ls_dry * dry, ls_error * error);

/* Every field is used; a value that switches its sampler off is named beside it. */
typedef struct ls_sampler_params {
    const llama_logit_bias * logit_bias; /* n_logit_bias of them; a bias of -INFINITY bans the token */
    int32_t                  n_logit_bias;

    int32_t penalty_last_n;    /* 0: off */
    float   repeat_penalty;    /* 1: off */
    float   frequency_penalty; /* 0: off */
    float   presence_penalty;  /* 0: off */

    const struct ls_dry * dry; /* is copied; NULL: off */

    float   top_n_sigma; /* <= 0: off */
    int32_t top_k;       /* <= 0: off */
    float   typical_p;   /* 1: off */
    float   top_p;       /* 1: off */
    float   min_p;       /* 0: off */

    float xtc_probability; /* 0: off */
    float xtc_threshold;

    float temperature; /* below 0.0001: the most probable token */

    int32_t mirostat; /* 0: off, 1 or 2: the version; replaces top_n_sigma to xtc */
    float   mirostat_tau;
    float   mirostat_eta;

    uint32_t seed; /* LLAMA_DEFAULT_SEED: random */

    const char * grammar; /* GBNF with the start symbol "root"; NULL: off */

    const struct ls_chat_format * chat; /* its grammar and its thinking; is copied; NULL: off */
    int32_t thinking_budget;            /* in tokens; negative: none */
} ls_sampler_params;

typedef struct ls_sampler ls_sampler;

LS_API ls_sampler * ls_sampler_new(
        const struct llama_model * model, const ls_sampler_params * params, ls_error * error);
LS_API int32_t ls_sampler_free(ls_sampler * sampler, ls_error * error);

/* Shows the sampler the prompt, for the penalties. The grammar does not see it. */
LS_API int32_t ls_sampler_accept_prompt(
        ls_sampler * sampler, const llama_token * tokens, int32_t n_tokens, ls_error * error);

/* Selects a token from row i of the context's last batch and accepts it. The token, or LS_FAILED. */
LS_API llama_token ls_sampler_sample(ls_sampler * sampler, ls_context * context, int32_t i, ls_error * error);

/* The same from logits that lie anywhere. */
LS_API llama_token ls_sampler_sample_logits(ls_sampler * sampler, const float * logits, ls_error * error);

#ifdef __cplusplus
}
#endif

#endif
