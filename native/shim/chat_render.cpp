#include "chat_render.h"

#include <algorithm>
#include <stdexcept>

#include "barrier.h"
#include "chat_grammar.h"
#include "generic_tools.h"
#include "json-schema-to-grammar.h"

namespace ls {

namespace {

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

// llama.cpp's way for templates that it does not understand: all of the answer is text.
common_chat_params render_plain(const ls_chat & chat, common_chat_templates_inputs inputs) {
    if (inputs.continue_final_message != COMMON_CHAT_CONTINUATION_NONE) {
        throw refused("with this template, a message cannot be continued like that");
    }
    inputs.force_pure_content = true;
    return common_chat_templates_apply(chat.templates.get(), inputs);
}

// What llama.cpp makes of a request with a schema.
common_chat_params render_json(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    common_chat_params params = common_chat_templates_apply(chat.templates.get(), inputs);
    if (params.grammar_lazy) {
        // it looks out for calls, although none are allowed
        common_chat_templates_inputs alone = inputs;
        alone.tools.clear();
        const std::string prompt = params.prompt;
        params                   = common_chat_templates_apply(chat.templates.get(), alone);
        params.prompt            = prompt;
    }
    const bool knows_schemas = !params.grammar.empty();
    if (!knows_schemas) {
        common_peg_arena parser;
        parser.load(params.parser);
        params.grammar = build_grammar([&](const common_grammar_builder & builder) { parser.build_grammar(builder, false); });
    }
    require_end_of_thinking(params);
    if (!knows_schemas) {
        require_json(params, inputs.json_schema);
    }
    return params;
}

// Some templates defeat llama.cpp's analysis. Without tools and schema, they need none.
common_chat_params render(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    try {
        return inputs.json_schema.empty() ? common_chat_templates_apply(chat.templates.get(), inputs)
                                          : render_json(chat, inputs);
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
    null_content_scope with_null;
    try {
        common_chat_params other = render(chat, inputs);
        return has_calls(other.prompt, inputs) ? other : params;
    } catch (const assertion_failed &) {
        throw;
    } catch (const std::exception &) {
        return params;
    }
}

}  // namespace

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

namespace {

common_chat_templates_inputs without_schema(common_chat_templates_inputs inputs) {
    inputs.json_schema.clear();
    return inputs;
}

// Tools that the template, or llama.cpp's format for it, does not know.
common_chat_params render_generic(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    common_chat_params params = generic_tool_format(inputs);
    if (inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_REQUIRED) {
        require_call(params);
    }
    params.prompt = render(chat, without_tools(without_schema(inputs))).prompt;
    return params;
}

// An answer that is one thing: calls of tools, or text.
applied apply_one(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    const bool calls = !inputs.tools.empty() && inputs.tool_choice != COMMON_CHAT_TOOL_CHOICE_NONE;
    if (!know_tools(chat.templates.get())) {
        return calls ? render_generic(chat, inputs) : render(chat, without_tools(inputs));
    }
    common_chat_params params = render_calls(chat, inputs);
    if (!calls || inputs.tool_choice != COMMON_CHAT_TOOL_CHOICE_REQUIRED) {
        return params;
    }
    require_call(params);
    return params.grammar.empty() ? render_generic(chat, inputs) : params;
}

// Calls of tools, or JSON of a schema.
applied apply_both(const ls_chat & chat, common_chat_templates_inputs inputs) {
    inputs.tool_choice = COMMON_CHAT_TOOL_CHOICE_REQUIRED;
    applied result     = apply_one(chat, without_schema(inputs));
    inputs.tool_choice = COMMON_CHAT_TOOL_CHOICE_NONE;
    applied json       = apply_one(chat, inputs);
    if (json.grammar_prefix != result.grammar_prefix) {
        json = render_generic(chat, inputs);
    }
    if (json.grammar_prefix != result.grammar_prefix) {
        throw refused("with this template, calls of tools and JSON begin differently");
    }
    if (!inputs.parallel_tool_calls) {
        allow_one_call(result.params.grammar);
    }
    result.params.grammar = either(result.params.grammar, json.params.grammar);
    result.params.prompt  = json.params.prompt;  // which may tell the schema
    result.json_parser    = json.params.parser;
    return result;
}

}  // namespace

applied apply(const ls_chat & chat, const common_chat_templates_inputs & inputs) {
    if (inputs.tools.empty() || inputs.json_schema.empty() || inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_NONE) {
        return apply_one(chat, inputs);
    }
    return inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_REQUIRED ? apply_one(chat, without_schema(inputs))
                                                                  : apply_both(chat, inputs);
}

common_chat_templates_inputs only(common_chat_templates_inputs inputs, const std::string & tool) {
    auto & tools = inputs.tools;
    tools.erase(
            std::remove_if(tools.begin(), tools.end(), [&](const auto & other) { return other.name != tool; }), tools.end());
    return inputs;
}

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

}  // namespace ls
