// Chat templates, behind the barrier: see llamastream.h.

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "barrier.h"
#include "chat-auto-parser.h"
#include "chat_format.h"
#include "chat_hooks.h"
#include "generic_tools.h"
#include "json-schema-to-grammar.h"
#include "limits.h"
#include "special_texts.h"

namespace ls {

namespace {

// What a template is like, found without control tokens at the ends: llama.cpp tests its analysis like that. With an EOS, it takes
// the calls of some templates apart wrongly.
struct analysis {
    common_chat_template   chat_template;
    autoparser::autoparser result;

    explicit analysis(const common_chat_template & original) : chat_template(original.source(), "", "") {
        result.analyze_template(chat_template);
    }
};

}  // namespace

}  // namespace ls

struct ls_chat {
    const llama_vocab *                vocab = nullptr;  // NULL: a template without a model
    common_chat_templates_ptr          templates;
    std::unique_ptr<ls::special_texts> special;

    std::mutex lock;
    std::map<const common_chat_template *, std::unique_ptr<ls::analysis>> analyses;
};

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

// How many bytes are compared between two looks at the clock.
constexpr size_t searched_at_once = 1 << 20;

// The request that this thread works on.
thread_local ls_chat *   current_chat = nullptr;
thread_local std::time_t current_time = 0;
thread_local bool        null_content = false;

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

struct request_scope {
    request_scope(ls_chat * chat, std::time_t now) {
        current_chat = chat;
        current_time = now;
    }
    ~request_scope() { current_chat = nullptr; }
};

void give(const std::string & text, ls_buffer * buffer) {
    buffer->data = (char *) std::malloc(text.size() + 1);
    if (buffer->data == nullptr) {
        throw std::bad_alloc();
    }
    std::memcpy(buffer->data, text.data(), text.size());
    buffer->size = (int64_t) text.size();
}

// Applies a function to all strings, and to the names of an object's members.
template <class F> common_json map_strings(const common_json & json, const F & f) {
    if (json.is_string()) {
        return common_json(f(json.get<std::string>()));
    }
    if (json.is_array()) {
        common_json result = common_json::array();
        for (const auto & item : json) {
            result.push_back(map_strings(item, f));
        }
        return result;
    }
    if (json.is_object()) {
        common_json result = common_json::object();
        for (const auto & [key, value] : json.items()) {
            result[f(key)] = map_strings(value, f);
        }
        return result;
    }
    return json;
}

// The same for a JSON text; what is none is a string.
template <class F> std::string map_json(const std::string & text, const F & f) {
    const common_json json = common_json::parse_no_throw(text);
    return json.is_discarded() || !(json.is_object() || json.is_array()) ? f(text) : map_strings(json, f).dump();
}

// Applies a function to all that comes from the request's author. Roles are words of the template's.
template <class F> common_chat_templates_inputs map_inputs(common_chat_templates_inputs inputs, const F & f) {
    for (common_chat_msg & message : inputs.messages) {
        for (std::string * text : {&message.content, &message.reasoning_content, &message.tool_name, &message.tool_call_id}) {
            *text = f(*text);
        }
        for (auto & part : message.content_parts) {
            part.text = f(part.text);
        }
        for (auto & call : message.tool_calls) {
            call.id        = f(call.id);
            call.name      = f(call.name);
            call.arguments = map_json(call.arguments, f);
        }
    }
    for (common_chat_tool & tool : inputs.tools) {
        tool.name        = f(tool.name);
        tool.description = f(tool.description);
        tool.parameters  = map_json(tool.parameters, f);
    }
    for (auto & [name, value] : inputs.chat_template_kwargs) {
        value = map_strings(common_json::parse(value), f).dump();
    }
    return inputs;
}

common_chat_templates_inputs read(const common_json & request) {
    common_chat_templates_inputs inputs;
    inputs.messages              = common_chat_msgs_parse_oaicompat(request.at("messages"));
    inputs.tools                 = common_chat_tools_parse_oaicompat(request.value("tools", common_json()));
    inputs.tool_choice           = common_chat_tool_choice_parse_oaicompat(request.value("tool_choice", "auto"));
    inputs.parallel_tool_calls   = request.value("parallel_tool_calls", false);
    inputs.reasoning_format      = COMMON_REASONING_FORMAT_AUTO;
    inputs.enable_thinking       = request.value("thinking", true);
    inputs.add_generation_prompt = request.value("add_generation_prompt", true);
    // llama.cpp leaves it undefined for false, which some templates take for true.
    inputs.chat_template_kwargs["add_generation_prompt"] = "false";
    inputs.json_schema           = request.contains("json_schema") ? request.at("json_schema").dump() : std::string();
    if (request.value("continue_final_message", false)) {
        inputs.continue_final_message = COMMON_CHAT_CONTINUATION_AUTO;
        inputs.add_generation_prompt  = false;
    }
    const common_json arguments = request.value("template_arguments", common_json::object());
    for (const auto & [name, value] : arguments.items()) {
        inputs.chat_template_kwargs[name] = value.dump();
    }
    return inputs;
}

// llama.cpp's way for templates that it does not understand: all of the answer is text.
common_chat_params render_plain(const ls_chat & chat, common_chat_templates_inputs inputs) {
    if (inputs.continue_final_message != COMMON_CHAT_CONTINUATION_NONE) {
        throw refused("with this template, a message cannot be continued like that");
    }
    inputs.force_pure_content = true;
    return common_chat_templates_apply(chat.templates.get(), inputs);
}

// Some of llama.cpp's formats know no schema. In these the answer is JSON at once, without thinking, after what the template puts
// before a text.
common_chat_params render_json(const ls_chat & chat, common_chat_templates_inputs inputs) {
    inputs.enable_thinking    = false;
    common_chat_params params = render_plain(chat, inputs);
    common_chat_msg    answer;
    answer.role    = "assistant";
    answer.content = "the content";
    inputs.messages.push_back(answer);
    inputs.add_generation_prompt = false;
    const std::string whole = render_plain(chat, inputs).prompt;
    const size_t      begin = params.prompt.size();
    const size_t      end   = whole.find(answer.content, begin);
    if (end != std::string::npos && whole.compare(0, begin, params.prompt) == 0) {
        params.prompt = whole.substr(0, end);
    }
    params.parser.clear();
    params.generation_prompt.clear();
    params.grammar = json_schema_to_grammar(common_json::parse(inputs.json_schema));
    return params;
}

// Some templates defeat llama.cpp's analysis. Without tools and schema, they need none.
common_chat_params render(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    try {
        common_chat_params params = common_chat_templates_apply(chat.templates.get(), inputs);
        return inputs.json_schema.empty() || !params.grammar.empty() ? params : render_json(chat, inputs);
    } catch (const std::invalid_argument &) {
        if (!inputs.tools.empty() || !inputs.json_schema.empty()) {
            throw;
        }
        return render_plain(chat, inputs);
    }
}

bool has_calls(const std::string & prompt, const common_chat_templates_inputs & inputs) {
    for (const common_chat_msg & message : inputs.messages) {
        for (const common_chat_tool_call & call : message.tool_calls) {
            if (message.content.empty() && message.content_parts.empty() && prompt.find(call.name) == std::string::npos) {
                return false;
            }
        }
    }
    return true;
}

// Some templates leave calls of tools out unless the content is null, and others fail if it is.
common_chat_params render_calls(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    common_chat_params params = render(chat, inputs);
    if (has_calls(params.prompt, inputs)) {
        return params;
    }
    struct scope {
        scope() { null_content = true; }
        ~scope() { null_content = false; }
    } with_null;
    try {
        common_chat_params other = render(chat, inputs);
        return has_calls(other.prompt, inputs) ? other : params;
    } catch (const assertion_failed &) {
        throw;
    } catch (const std::exception &) {
        return params;
    }
}

// What a template makes of a chat.
struct applied {
    common_chat_params params;
    std::string        grammar_prefix;  // see ls_chat_format

    applied(common_chat_params p) : params(std::move(p)), grammar_prefix(params.generation_prompt) {}
};

applied apply(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    if (know_tools(chat.templates.get())) {
        return render_calls(chat, inputs);
    }
    const common_chat_templates_inputs rest = without_tools(inputs);
    if (inputs.tools.empty() || inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_NONE) {
        return render(chat, rest);
    }
    applied result        = generic_tool_format(inputs);
    result.params.prompt  = render(chat, rest).prompt;
    result.grammar_prefix = "";
    return result;
}

// Keeps llama.cpp's grammar from allowing several calls where the request wants one at most.
void allow_one_call(std::string & grammar) {
    const std::string several = "\nroot ::= tool-call | tool-calls\n";
    const size_t      at      = grammar.find(several);
    if (at != std::string::npos) {
        grammar.replace(at, several.size(), "\nroot ::= tool-call\n");
    }
}

// The same request with one tool.
common_chat_templates_inputs only(common_chat_templates_inputs inputs, const std::string & tool) {
    auto & tools = inputs.tools;
    tools.erase(
            std::remove_if(tools.begin(), tools.end(), [&](const auto & other) { return other.name != tool; }), tools.end());
    return inputs;
}

// The prompt in which the author's words cannot become control tokens: those bytes are no part of one.
std::string protect(
        const ls_chat & chat, const common_chat_templates_inputs & inputs, const std::string & prompt,
        std::vector<int32_t> & positions) {
    bool resembles = false;
    std::string all;
    map_inputs(inputs, [&](const std::string & text) {
        resembles = resembles || chat.special->resembles(text);
        all += text;
        return text;
    });
    if (!resembles) {
        return prompt;
    }
    for (const uint32_t base : {0xF0000u, 0xF1000u, 0xFF000u, 0x100000u, 0x101000u, 0x10F000u}) {
        if (all.find(special_texts::prefix(base)) == std::string::npos) {
            const common_chat_templates_inputs disguised = map_inputs(inputs, [&](const std::string & text) {
                return chat.special->resembles(text) ? chat.special->disguise(text, base) : text;
            });
            return special_texts::undisguise(apply(chat, disguised).params.prompt, base, positions);
        }
    }
    throw refused("the messages use all private characters of Unicode");
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

std::time_t chat_now() {
    return current_time == 0 ? std::time(nullptr) : current_time;
}

bool chat_null_content() {
    return null_content;
}

std::tm * chat_localtime(const std::time_t * time) {
    static thread_local std::tm result;
#ifdef _WIN32
    localtime_s(&result, time);
#else
    localtime_r(time, &result);
#endif
    return &result;
}

void chat_step() {
    limits::count(0);
}

size_t chat_find(const std::string & text, const std::string & part, size_t from) {
    const size_t starts = 1 + searched_at_once / (part.size() + 1);
    for (; from + part.size() <= text.size(); from += starts) {
        chat_step();
        const size_t found = std::string_view(text).substr(0, from + starts - 1 + part.size()).find(part, from);
        if (found != std::string::npos) {
            return found;
        }
    }
    return std::string::npos;
}

size_t chat_rfind(const std::string & text, const std::string & part) {
    const size_t starts = 1 + searched_at_once / (part.size() + 1);
    for (size_t end = text.size() + 1 - std::min(text.size() + 1, part.size()); end > 0;) {
        chat_step();
        const size_t begin = end - std::min(end, starts);
        const size_t found = std::string_view(text).substr(begin).rfind(part, end - 1 - begin);
        if (found != std::string::npos) {
            return begin + found;
        }
        end = begin;
    }
    return std::string::npos;
}

const autoparser::autoparser & chat_analysis(const common_chat_template & chat_template) {
    std::lock_guard<std::mutex> guard(current_chat->lock);
    std::unique_ptr<analysis> & found = current_chat->analyses[&chat_template];
    if (found == nullptr) {
        found = std::make_unique<analysis>(chat_template);
    }
    return found->result;
}

std::string chat_generation_prompt(
        const common_chat_template & chat_template, const autoparser::generation_params & inputs, const std::string & prompt) {
    if (!inputs.add_generation_prompt || inputs.has_continuation()) {
        return common_chat_template_generation_prompt(chat_template, inputs);
    }
    autoparser::generation_params without = inputs;
    without.add_generation_prompt         = false;
    const std::string before = common_chat_template_direct_apply(chat_template, without);
    const auto        end    = before.begin() + std::min(before.size(), prompt.size());
    return prompt.substr(std::mismatch(before.begin(), end, prompt.begin()).first - before.begin());
}

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
            format->parser = ls::chat_parser(format->params, inputs);
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
