// Chat templates and their formats, behind the barrier: see llamastream.h.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "barrier.h"
#include "chat_format.h"
#include "chat_grammar.h"
#include "chat_render.h"
#include "json-schema-to-grammar.h"
#include "call_limits.h"

namespace ls {

namespace {

// What a template may use: some renderings of a long chat take a hundredth of it.
constexpr size_t memory          = 256 << 20;
constexpr size_t memory_per_byte = 4096;
constexpr size_t stack           = 8 << 20;

// After so much the heap is told to give back what it holds.
constexpr size_t much = 64 << 20;

// Parsing runs on the thread that reads the stream.
constexpr size_t parser_stack = 128 << 10;

// Gives back to the operating system what a greedy template has used, once it is freed.
struct trim_scope {
    size_t allocated = 0;
    ~trim_scope() {
        if (allocated > much) {
            trim_heap();
        }
    }
};

// Limits that tell how much was allocated.
struct template_limits : limits {
    trim_scope & trim;
    template_limits(trim_scope & scope, int64_t nanos, size_t bytes) : limits(nanos, bytes, stack), trim(scope) {}
    ~template_limits() { trim.allocated = allocated(); }
};

void give(const std::string & text, ls_buffer * buffer) {
    buffer->data = (char *) std::malloc(text.size() + 1);
    if (buffer->data == nullptr) {
        throw std::bad_alloc();
    }
    std::memcpy(buffer->data, text.data(), text.size());
    buffer->size = (int64_t) text.size();
}

// As in llama.cpp's server: a word that is one token triggers as this token.
void add_triggers(const llama_vocab * vocab, ls_chat_format & format) {
    for (const common_grammar_trigger & trigger : format.params.grammar_triggers) {
        if (trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN) {
            format.trigger_tokens.push_back(trigger.token);
            continue;
        }
        if (trigger.type != COMMON_GRAMMAR_TRIGGER_TYPE_WORD) {
            format.trigger_patterns.push_back(trigger.value);
            continue;
        }
        if (vocab != nullptr) {
            const std::vector<llama_token> tokens = common_tokenize(vocab, trigger.value, false, true);
            const auto & preserved                = format.params.preserved_tokens;
            if (tokens.size() == 1 && std::find(preserved.begin(), preserved.end(), trigger.value) != preserved.end()) {
                format.trigger_tokens.push_back(tokens[0]);
                continue;
            }
        }
        std::string pattern;
        for (const char c : trigger.value) {
            if (std::strchr("\\^$.|?*+()[]{}", c) != nullptr) {
                pattern += '\\';
            }
            pattern += c;
        }
        format.trigger_patterns.push_back(pattern);
    }
}

common_json describe(const ls_chat_format & format, const std::string & prompt, const std::vector<int32_t> & positions) {
    const common_chat_params & params = format.params;
    return {
            {"prompt", prompt},
            {"protected", positions},
            {"generation_prompt", params.generation_prompt},
            {"grammar", params.grammar},
            {"preserved_tokens", params.preserved_tokens},
            {"stops", params.additional_stops},
            {"thinks", params.supports_thinking},
            {"thinking_end", params.thinking_end_tags.empty() ? std::string() : params.thinking_end_tags.front()}};
}

}  // namespace

}  // namespace ls

ls_chat * ls_chat_new(const llama_model * model, const char * chat_template, int64_t nanos, ls_error * error) {
    ls::trim_scope trim;
    return ls::barrier(error, (ls_chat *) nullptr, [&] {
        auto chat = std::make_unique<ls_chat>();
        const std::string text = chat_template == nullptr ? "" : chat_template;
        ls::template_limits limits(trim, nanos, ls::memory);
        try {
            chat->templates = common_chat_templates_init(model, text, "<s>", "</s>");
            if (model != nullptr) {
                chat->vocab   = llama_model_get_vocab(model);
                chat->special = std::make_unique<ls::special_texts>(chat->vocab);
            }
        } catch (const std::exception & e) {
            throw ls::refused(limits.exceeded() != nullptr ? limits.exceeded() : e.what());
        }
        return chat.release();
    });
}

int32_t ls_chat_free(ls_chat * chat, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        delete chat;
        return 0;
    });
}

ls_chat_format * ls_chat_apply(
        ls_chat * chat, const char * request, int64_t length, int64_t now, int64_t nanos, bool trust, ls_buffer * result,
        ls_error * error) {
    ls::trim_scope trim;
    return ls::barrier(error, (ls_chat_format *) nullptr, [&] {
        ls::request_scope   scope(chat, (std::time_t) now);
        ls::template_limits limits(trim, nanos, ls::memory + ls::memory_per_byte * length);
        try {
            const common_json json   = common_json::parse(std::string(request, length));
            const auto        inputs = ls::read(json);
            auto              format = std::make_unique<ls_chat_format>();
            std::vector<int32_t> positions;
            ls::applied applied = ls::apply(*chat, inputs);
            std::string prompt  = applied.params.prompt;
            if (!trust && chat->special != nullptr) {
                prompt = ls::protect(*chat, inputs, prompt, positions);
            }
            if (json.contains("only_tool")) {
                applied = ls::apply(*chat, ls::only(inputs, json.at("only_tool").get<std::string>()));
            }
            format->params         = std::move(applied.params);
            format->grammar_prefix = std::move(applied.grammar_prefix);
            if (!inputs.parallel_tool_calls) {
                ls::allow_one_call(format->params.grammar);
            }
            format->parser = ls::chat_parser(format->params, applied.json_parser, inputs);
            ls::add_triggers(chat->vocab, *format);
            ls::give(ls::describe(*format, prompt, positions).dump_safe(), result);
            return format.release();
        } catch (const ls::assertion_failed &) {
            throw;
        } catch (const std::exception & e) {
            throw ls::refused(limits.exceeded() != nullptr ? limits.exceeded() : e.what());
        }
    });
}

int32_t ls_chat_format_free(ls_chat_format * format, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        delete format;
        return 0;
    });
}

int32_t ls_chat_parse(
        ls_chat_format * format, const char * piece, int32_t length, bool last, ls_buffer * news, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        ls::limits  limits(INT64_MAX, SIZE_MAX, ls::parser_stack);
        common_json list = common_json::array();
        const auto  kind = format->parser.accept({piece, (size_t) length}, last, list);
        if (kind == ls::chat_parser::kind::several) {
            ls::give(list.dump_safe(), news);
        }
        return (int32_t) kind;
    });
}

int32_t ls_json_schema_to_grammar(
        const char * schema, int64_t length, int64_t nanos, ls_buffer * grammar, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        ls::limits limits(nanos, ls::memory + ls::memory_per_byte * length, ls::stack);
        try {
            ls::give(json_schema_to_grammar(common_json::parse(std::string(schema, length))), grammar);
            return 0;
        } catch (const ls::assertion_failed &) {
            throw;
        } catch (const std::exception & e) {
            throw ls::refused(limits.exceeded() != nullptr ? limits.exceeded() : e.what());
        }
    });
}

void ls_buffer_free(ls_buffer * buffer) {
    std::free(buffer->data);
    *buffer = {};
}
