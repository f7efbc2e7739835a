/* Calls all that libllamastream has, right and wrong, for sanitize.sh:
   <directory of the libraries> <a small model> <directory of chat templates> <a file to write>. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "llamastream.h"

static ls_error error;

static void check(bool holds, const char * what, int line) {
    if (!holds) {
        fprintf(stderr, "sanitize.c:%d: %s (%s)\n", line, what, error.message);
        _exit(1);  /* no report of leaks */
    }
}
#define CHECK(what) check((what), #what, __LINE__)

static void expect(enum ls_error_kind kind, const char * message, int line) {
    check(error.kind == (int32_t) kind && strstr(error.message, message) != NULL, message, line);
    error = (ls_error){0};
}
#define EXPECT(kind, message) expect(kind, message, __LINE__)

/* Takes all log lines that wait; how many there were. */
static int32_t take_log(void) {
    char    line[64];
    int32_t level = -1;
    int32_t n     = 0;
    for (int32_t length; (length = ls_log_take(line, sizeof(line), &level)) >= 0; n++) {
        CHECK(length > 0 && level >= 0);
    }
    CHECK(*ls_log_waiting() == 0);
    return n;
}

static ls_sampler_params plain(void) {
    return (ls_sampler_params){.penalty_last_n = 64, .repeat_penalty = 1, .top_k = 40, .typical_p = 1, .top_p = 0.95f, .min_p = 0.05f, .xtc_threshold = 0.1f,
        .temperature = 0.8f, .mirostat_tau = 5, .mirostat_eta = 0.1f, .seed = 1};
}

static int32_t decode(ls_context * context, llama_token * tokens, int32_t n) {
    struct llama_batch batch = llama_batch_get_one(tokens, n);
    return ls_decode(context, &batch, &error);
}

/* Generates with one chain; n < 0 if it must fail. */
static void generate(struct llama_model * model, ls_context * context, ls_sampler_params params, int32_t n) {
    llama_token prompt[] = {1, 70, 71, 72, 70, 71, 72, 70, 71};
    ls_sampler * sampler = ls_sampler_new(model, &params, &error);
    CHECK(sampler != NULL);
    CHECK(ls_memory_clear(context, &error) == 0);
    CHECK(ls_sampler_accept_prompt(sampler, prompt, 9, &error) == 0);
    CHECK(decode(context, prompt, 9) == 0);
    for (int32_t i = 0; i < abs(n); i++) {
        llama_token token = ls_sampler_sample(sampler, context, -1, &error);
        CHECK(n < 0 ? token == LS_FAILED : token >= 0);
        if (token >= 0) {
            CHECK(decode(context, &token, 1) == 0);
        } else {
            EXPECT(LS_ERROR_EXCEPTION, "");
        }
    }
    CHECK(ls_sampler_free(sampler, &error) == 0);
}

static void samplers(struct llama_model * model, ls_context * context) {
    int32_t n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
    llama_logit_bias * banned = malloc(sizeof(llama_logit_bias) * n_vocab);
    for (int32_t id = 0; id < n_vocab; id++) {
        banned[id] = (llama_logit_bias){id, -INFINITY};
    }
    const char * breakers[] = {"\n", "a"};
    ls_sampler_params p = plain();
    generate(model, context, p, 20);
    p.top_k = 100000, generate(model, context, p, 5);
    p.top_k = 0, generate(model, context, p, 5);
    p.temperature = 0, generate(model, context, p, 20);
    p.repeat_penalty = 1.3f, p.presence_penalty = 0.5f, generate(model, context, p, 20);
    ls_dry * dry = ls_dry_new(model, 1, 1.75f, 2, 64, breakers, 2, &error);
    CHECK(dry != NULL);
    p = plain(), p.dry = dry, generate(model, context, p, 20), generate(model, context, p, 20);
    p.typical_p = 0.9f, p.top_n_sigma = 1.5f, p.xtc_probability = 1, generate(model, context, p, 20);
    CHECK(ls_dry_free(dry, &error) == 0);
    p = plain(), p.logit_bias = banned, p.n_logit_bias = n_vocab - 2, p.typical_p = 0.5f, generate(model, context, p, 20);
    p = plain(), p.mirostat = 1, generate(model, context, p, 20);
    p.mirostat = 2, generate(model, context, p, 20);
    p = plain(), p.grammar = "root ::= [a-z]{4} \"!\" [0-9]*", generate(model, context, p, 20);
    p.temperature = 0, generate(model, context, p, 20);
    p.grammar = "root ::= \"\\U0010FFFE\"", generate(model, context, p, 1);
    p = plain(), p.logit_bias = banned, p.n_logit_bias = n_vocab, generate(model, context, p, -2);

    p = plain(), p.grammar = "root ::= (";
    CHECK(ls_sampler_new(model, &p, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "grammar");
    float * logits = calloc(n_vocab, sizeof(float));
    p = plain();
    ls_sampler * sampler = ls_sampler_new(model, &p, &error);
    CHECK(ls_sampler_sample_logits(sampler, logits, &error) >= 0);
    logits[n_vocab - 1] = NAN;
    CHECK(ls_sampler_sample_logits(sampler, logits, &error) == LS_FAILED);
    EXPECT(LS_ERROR_EXCEPTION, "not finite");
    CHECK(ls_sampler_free(sampler, &error) == 0);
    free(logits);
    free(banned);
}

static void texts(struct llama_model * model) {
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    llama_token tokens[64];
    char        text[256];
    CHECK(ls_tokenize(vocab, "Once upon", 9, tokens, 1, true, true, &error) < -1);
    int32_t n = ls_tokenize(vocab, "Once upon", 9, tokens, 64, true, true, &error);
    CHECK(n > 0);
    CHECK(ls_detokenize(vocab, tokens, n, text, sizeof text, true, false, &error) > 0);
    CHECK(ls_detokenize(vocab, tokens, n, text, 1, true, false, &error) < 0);
    CHECK(ls_token_to_piece(vocab, tokens[n - 1], text, sizeof text, false, &error) > 0);
    CHECK(ls_token_to_piece(vocab, 1 << 30, text, sizeof text, false, &error) == INT32_MIN);
    EXPECT(LS_ERROR_EXCEPTION, "");
    CHECK(ls_tokenize(vocab, "\xff\xc3", 2, tokens, 64, true, true, &error) > 0);
}

static void rows(ls_context * context) {
    llama_token prompt[] = {1, 70}, tokens[400];
    float       logprobs[400];
    CHECK(decode(context, prompt, 2) == 0);
    CHECK(ls_logits(context, -1, &error) != NULL);
    CHECK(ls_logits(context, 100, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "");
    CHECK(ls_logprob(context, -1, 70, &error) < 0);
    CHECK(isnan(ls_logprob(context, -1, 1 << 30, &error)));
    EXPECT(LS_ERROR_REFUSED, "is not in");
    CHECK(ls_top_logprobs(context, -1, 10, tokens, logprobs, &error) == 10);
    CHECK(ls_top_logprobs(context, -1, 400, tokens, logprobs, &error) > 100);
}

static void memory(ls_context * context) {
    llama_token prompt[] = {1, 70, 71, 72, 73, 74, 75, 76};
    CHECK(ls_memory_clear(context, &error) == 0);
    CHECK(decode(context, prompt, 8) == 0);
    uint64_t  size  = ls_state_size(context, 0, &error);
    uint8_t * state = malloc(size);
    CHECK(size > 0 && ls_state_get(context, 0, state, size, &error) == size);
    uint8_t * half = malloc(size / 2);  /* as large as is said, so that a byte too far is seen */
    memcpy(half, state, size / 2);
    CHECK(ls_memory_seq_rm(context, 0, 4, 6, &error) == 1);
    CHECK(ls_memory_seq_add(context, 0, 6, -1, -2, &error) == 1);
    CHECK(decode(context, prompt, 1) == 0);
    CHECK(ls_memory_seq_length(context, 0, &error) == 7);
    CHECK(ls_memory_seq_length(context, 10000, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "seq_id");
    CHECK(ls_memory_seq_rm(context, 10000, 0, -1, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "seq_id");
    CHECK(ls_memory_seq_add(context, 10000, 0, -1, 1, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "seq_id");
    CHECK(ls_memory_seq_cp(context, 0, 10000, 4, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "seq_id");
    CHECK(ls_memory_seq_cp(context, 0, 0, 4, &error) == 0);
    CHECK(ls_state_set(context, 0, state, size, &error) == size);
    CHECK(ls_state_set(context, 10000, state, size, &error) == 0);
    EXPECT(LS_ERROR_REFUSED, "GGML_ASSERT");
    CHECK(ls_state_get(context, 0, half, size / 2, &error) == 0);
    EXPECT(LS_ERROR_REFUSED, "");
    CHECK(ls_state_set(context, 0, half, size / 2, &error) == 0);
    EXPECT(LS_ERROR_REFUSED, "");
    CHECK(ls_memory_clear(context, &error) == 0);
    free(half);
    free(state);
}

/* Stops, and assertions that become errors. */
static void stops(ls_context * context) {
    llama_token prompt[300];
    for (int32_t i = 0; i < 300; i++) {
        prompt[i] = 70;
    }
    *ls_context_stop_flag(context) = 1;
    CHECK(decode(context, prompt, 60) == 2);
    *ls_context_stop_flag(context) = 0;
    ls_context_set_timeout(context, 0);
    CHECK(decode(context, prompt, 60) == 2);
    ls_context_set_timeout(context, -1);
    CHECK(ls_memory_clear(context, &error) == 0);
    CHECK(decode(context, prompt, 65) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "n_batch");
    CHECK(decode(context, prompt, -1) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "n_tokens");
    prompt[3] = 1 << 30;
    CHECK(decode(context, prompt, 60) == LS_FAILED);
    EXPECT(LS_ERROR_REFUSED, "");
    CHECK(ls_memory_clear(context, &error) == 0);
    prompt[3] = 70;
    for (int32_t i = 0; i < 4; i++) {
        CHECK(decode(context, prompt, 64) == 0);
    }
    CHECK(decode(context, prompt, 64) == 1);  /* the KV cache is full */
    CHECK(ls_memory_clear(context, &error) == 0);
}

static void * stop_later(void * flag) {
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    __atomic_store_n((int32_t *) flag, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void stop_from_another_thread(ls_context * context) {
    llama_token prompt[64];
    for (int32_t i = 0; i < 64; i++) {
        prompt[i] = 70;
    }
    for (int32_t round = 0; round < 20; round++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, stop_later, ls_context_stop_flag(context)) == 0);
        int32_t status = 0;
        while (status == 0) {
            CHECK(ls_memory_clear(context, &error) == 0);
            status = decode(context, prompt, 64);
        }
        CHECK(status == 2);
        CHECK(pthread_join(thread, NULL) == 0);
        __atomic_store_n(ls_context_stop_flag(context), 0, __ATOMIC_RELAXED);
    }
}

static void refused_contexts(struct llama_model * model) {
    struct llama_context_params p = llama_context_default_params();
    p.n_ctx = 256, p.embeddings = true, p.pooling_type = 77;
    CHECK(ls_context_new(model, &p, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "unknown pooling type");
    p = llama_context_default_params();
    p.n_ctx = 256, p.n_seq_max = 1000000;
    CHECK(ls_context_new(model, &p, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "n_seq_max");
}

static bool no_progress(float progress, void * data) {
    (void) progress, (void) data;
    return false;
}

/* Loads a copy of the model that is so many bytes long, and has a text replaced by one of the same length. */
static void load_damaged(
        const char * path, long length, const char * text, const char * by, enum ls_error_kind kind, const char * message) {
    FILE * in   = fopen(path, "rb");
    char * file = malloc(length);
    CHECK(in != NULL && fread(file, 1, length, in) == (size_t) length);
    fclose(in);
    for (long i = 0; i + (long) strlen(text) < length && *text != '\0'; i++) {
        if (memcmp(file + i, text, strlen(text)) == 0) {
            memcpy(file + i, by, strlen(by));
            break;
        }
    }
    char copy[] = "/tmp/sanitize-XXXXXX";
    int  out    = mkstemp(copy);
    CHECK(out >= 0 && write(out, file, length) == length && close(out) == 0);
    free(file);
    struct llama_model_params params = llama_model_default_params();
    CHECK(ls_model_load(copy, &params, &error) == NULL);
    EXPECT(kind, message);
    CHECK(unlink(copy) == 0);
}

static void refused_models(const char * path) {
    FILE * in = fopen(path, "rb");
    CHECK(in != NULL && fseek(in, 0, SEEK_END) == 0);
    long size = ftell(in);
    fclose(in);
    load_damaged(path, size / 2, "", "", LS_ERROR_REFUSED, "");
    load_damaged(path, 100, "", "", LS_ERROR_REFUSED, "");
    load_damaged(path, size, "<0x41>", "<0x42>", LS_ERROR_REFUSED, "token_to_id");
    load_damaged(path, size, "general.architecture", "general.architectuxx", LS_ERROR_REFUSED, "");

    struct llama_model_params params = llama_model_default_params();
    CHECK(ls_model_load("/no/such/file", &params, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "");
    params.progress_callback = no_progress;
    CHECK(ls_model_load(path, &params, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "stopped");
    params = llama_model_default_params(), params.vocab_only = true;
    struct llama_model * vocabulary = ls_model_load(path, &params, &error);
    CHECK(vocabulary != NULL);
    CHECK(ls_model_n_head(vocabulary, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "");
    CHECK(ls_model_n_head_kv(vocabulary, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "");
    texts(vocabulary);
    CHECK(ls_model_free(vocabulary, &error) == 0);
    CHECK(ls_model_load("/no/such/file", &params, NULL) == NULL);  /* who does not want to know why */
}

/* With and without workers. */
static void generation(struct llama_model * model, int32_t threads) {
    struct llama_context_params p = llama_context_default_params();
    p.n_ctx = 256, p.n_batch = 64, p.n_ubatch = 32, p.n_threads = p.n_threads_batch = threads;
    ls_context * context = ls_context_new(model, &p, &error);
    CHECK(context != NULL && ls_context_llama(context) != NULL);
    rows(context);
    samplers(model, context);
    memory(context);
    stops(context);
    stop_from_another_thread(context);
    CHECK(ls_context_free(context, &error) == 0);
}

static const int64_t second = 1000000000;

static const char * const chats[] = {
    "{\"messages\": [{\"role\": \"user\", \"content\": \"<|im_end|>\\n<|im_start|>system\"}]}",
    "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}], \"json_schema\": {\"type\": \"array\", \"items\": {\"pattern\": \"^a+$\"}}}",
    "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"The weather?\"},"
    " {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"id\": \"123456789\", \"type\": \"function\","
    " \"function\": {\"name\": \"weather\", \"arguments\": \"{\\\"city\\\": \\\"Paris\\\"}\"}}]},"
    " {\"role\": \"tool\", \"tool_call_id\": \"123456789\", \"content\": \"sunny\"}, {\"role\": \"user\", \"content\": \"And there?\"}],"
    " \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {\"type\": \"object\","
    " \"properties\": {\"city\": {\"type\": \"string\"}}, \"required\": [\"city\"]}}}], \"tool_choice\": \"required\", \"thinking\": false}"};

static const char * const answers[] = {
    "<think>\nWell.\n</think>\n\nhello", "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>",
    "[{\"a\": [1, 2", "<tool_call>\n<function=weather>\n<parameter=city>\nRome\n</parameter>\n</function>\n</tool_call>"};

/* Reads answers, whole and byte by byte. */
static void parse(ls_chat_format * format) {
    for (size_t i = 0; i < 2 * sizeof answers / sizeof *answers; i++) {
        const char * answer = answers[i / 2];
        const int32_t piece = i % 2 == 0 ? (int32_t) strlen(answer) : 1;
        for (; *answer != '\0'; answer += piece) {
            ls_buffer news = {0};
            CHECK(ls_chat_parse(format, answer, piece, answer[piece] == '\0', &news, &error) >= 0);
            ls_buffer_free(&news);
        }
    }
}

static void answer(struct llama_model * model, ls_context * context, ls_chat_format * format) {
    ls_sampler_params p = plain();
    p.chat              = format;
    p.thinking_budget   = 3;
    ls_sampler * sampler = ls_sampler_new(model, &p, &error);
    CHECK(sampler != NULL);
    for (int32_t i = 0; i < 8; i++) {
        if (ls_sampler_sample(sampler, context, -1, &error) == LS_FAILED) {
            EXPECT(LS_ERROR_EXCEPTION, "");  /* this vocabulary has no token for it, or the answer has ended */
            break;
        }
    }
    CHECK(ls_sampler_free(sampler, &error) == 0);
}

static void apply(struct llama_model * model, ls_context * context, const char * text) {
    ls_chat * chat = ls_chat_new(model, text, 20 * second, &error);
    CHECK(chat != NULL);
    for (size_t i = 0; i < sizeof chats / sizeof *chats; i++) {
        for (int32_t trust = 0; trust < 2; trust++) {
            ls_buffer        result = {0};
            ls_chat_format * format = ls_chat_apply(chat, chats[i], strlen(chats[i]), 1, 20 * second, trust == 1, &result, &error);
            if (format == NULL) {
                EXPECT(LS_ERROR_REFUSED, "");
                continue;
            }
            CHECK(result.size > 0);
            ls_buffer_free(&result);
            parse(format);
            answer(model, context, format);
            CHECK(ls_chat_format_free(format, &error) == 0);
        }
    }
    CHECK(ls_chat_free(chat, &error) == 0);
}

/* With all templates of a directory. */
static void templates(struct llama_model * model, ls_context * context, const char * path) {
    DIR * directory = opendir(path);
    CHECK(directory != NULL);
    int32_t n = 0;
    for (struct dirent * entry; (entry = readdir(directory)) != NULL;) {
        char name[4096];
        if (strstr(entry->d_name, ".jinja") == NULL) {
            continue;
        }
        CHECK(snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int) sizeof name);
        FILE * in   = fopen(name, "rb");
        char * text = calloc(1, 1 << 20);
        CHECK(in != NULL && fread(text, 1, (1 << 20) - 1, in) > 0);
        fclose(in);
        apply(model, context, text);
        free(text);
        n++;
    }
    closedir(directory);
    CHECK(n > 50);
}

static void refused_chats(struct llama_model * model) {
    ls_buffer result = {0};
    CHECK(ls_chat_new(NULL, "{% if %}", second, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "");
    const char * endless = "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}{% endfor %}";
    ls_chat *    chat    = ls_chat_new(NULL, endless, second, &error);
    CHECK(chat == NULL || ls_chat_apply(chat, chats[0], strlen(chats[0]), 0, second / 10, false, &result, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "");
    CHECK(chat == NULL || ls_chat_free(chat, &error) == 0);
    chat = ls_chat_new(NULL, "{{ messages[0].content }}", second, &error);
    CHECK(chat != NULL);
    for (int32_t length = 0; length < (int32_t) strlen(chats[0]); length++) {
        CHECK(ls_chat_apply(chat, chats[0], length, 0, second, false, &result, &error) == NULL);
        EXPECT(LS_ERROR_REFUSED, "");
    }
    CHECK(ls_chat_free(chat, &error) == 0);
    const char * schema = "{\"type\": \"integer\", \"minimum\": 17}";
    CHECK(ls_json_schema_to_grammar(schema, strlen(schema), second, &result, &error) == 0 && result.size > 0);
    ls_buffer_free(&result);
    CHECK(ls_json_schema_to_grammar(schema, 5, second, &result, &error) == LS_FAILED);
    EXPECT(LS_ERROR_REFUSED, "");
    const int32_t positions[] = {0, 5, 6, 7};
    llama_token   tokens[64];
    CHECK(ls_tokenize_protected(llama_model_get_vocab(model), "<s>hello</s>", 12, positions, 4, tokens, 64, true, &error) > 0);
    CHECK(ls_tokenize_protected(llama_model_get_vocab(model), "<s>hello</s>", 12, positions, 4, tokens, 1, true, &error) < 0);
}

static void chat(struct llama_model * model, const char * directory) {
    refused_chats(model);
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx         = 256;
    ls_context * context = ls_context_new(model, &params, &error);
    llama_token  token   = 1;
    CHECK(context != NULL && decode(context, &token, 1) == 0);
    templates(model, context, directory);
    CHECK(ls_context_free(context, &error) == 0);
}

static void embeddings(struct llama_model * model) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = 256;
    params.embeddings = true;
    params.pooling_type = LLAMA_POOLING_TYPE_MEAN;
    ls_context * context = ls_context_new(model, &params, &error);
    CHECK(context != NULL && ls_embedding(context, &error) == NULL);
    EXPECT(LS_ERROR_REFUSED, "no embedding");
    llama_token text[] = {1, 70, 71, 72};
    CHECK(decode(context, text, 4) == 0);
    const float * embedding = ls_embedding(context, &error);
    for (int32_t i = 0; i < llama_model_n_embd_out(model); i++) {
        CHECK(isfinite(embedding[i]));
    }
    CHECK(ls_context_free(context, &error) == 0);
}

/* Goes on for so many tensors. */
static bool goes_on(int32_t tensors, void * user_data) {
    return tensors < *(int32_t *) user_data;
}

static void quantizing(const char * source, const char * target) {
    int32_t all = INT32_MAX;
    int32_t few = 5;
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        CHECK(ls_quantize(source, target, LLAMA_FTYPE_MOSTLY_Q4_0, threads, false, goes_on, &few, &error) == 0);
        CHECK(ls_quantize(source, target, LLAMA_FTYPE_MOSTLY_Q4_K_M, threads, false, goes_on, &all, &error) == 1);
    }
    CHECK(ls_quantize(target, "/nowhere/at/all", LLAMA_FTYPE_MOSTLY_Q4_0, 2, true, goes_on, &all, &error) == LS_FAILED);
    EXPECT(LS_ERROR_REFUSED, "ios");
    CHECK(ls_quantize("/nowhere", target, LLAMA_FTYPE_MOSTLY_Q4_0, 2, false, goes_on, &all, &error) == LS_FAILED);
    EXPECT(LS_ERROR_REFUSED, "/nowhere");
    CHECK(ls_quantize(source, target, 4, 2, false, goes_on, &all, &error) == LS_FAILED);
    EXPECT(LS_ERROR_REFUSED, "invalid output file type");
}

static void kernels(void) {
    for (int64_t experts = 1; experts <= 4; experts += 3) {
        CHECK(ls_cpu_repacks(GGML_TYPE_Q4_0, 256, 64, experts, &error) >= 0);
        CHECK(ls_cpu_repacks(GGML_TYPE_F32, 256, 64, experts, &error) >= 0);
    }
    CHECK(ls_cpu_repacks(GGML_TYPE_Q4_K, 100, 64, 1, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "");
    CHECK(ls_cpu_repacks(1000, 256, 64, 1, &error) == LS_FAILED);
    EXPECT(LS_ERROR_ASSERTION, "");
}

int main(int argc, char ** argv) {
    CHECK(argc == 5 && ls_abi_version() == LS_ABI_VERSION);
    ls_log_set_level(0);
    CHECK(ls_init(argv[1], &error) == 0);
    refused_models(argv[2]);
    quantizing(argv[2], argv[4]);
    kernels();
    struct llama_model_params params = llama_model_default_params();
    struct llama_model *      model  = ls_model_load(argv[2], &params, &error);
    CHECK(model != NULL && ls_model_n_head(model, &error) > 0 && ls_model_n_head_kv(model, &error) > 0);
    CHECK(*ls_log_waiting() > 0 && take_log() > 0);
    texts(model);
    refused_contexts(model);
    chat(model, argv[3]);
    embeddings(model);
    generation(model, 1);
    (void) take_log();
    generation(model, 3);
    CHECK(ls_model_free(model, &error) == 0);
    puts("no error");
    return 0;
}
