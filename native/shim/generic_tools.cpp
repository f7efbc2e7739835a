#include "generic_tools.h"

namespace ls {

namespace {

// llama.cpp learns from it how a call looks. No model sees it.
constexpr const char * form = R"({%- if tools %}
    {{- '<|system|>' }}
    {%- for tool in tools %}
        {{- '\n' + (tool | tojson) }}
    {%- endfor %}
    {{- '<|end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|' + message.role + '|>\n' + (message.content or '') }}
    {%- for tool_call in (message.tool_calls or []) %}
        {{- '\n<tool_call>\n{"name": "' + tool_call.function.name + '", "arguments": ' }}
        {{- tool_call.function.arguments | tojson }}
        {{- '}\n</tool_call>' }}
    {%- endfor %}
    {{- '<|end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>\n' }}
{%- endif %})";

std::string description_of(const std::vector<common_chat_tool> & tools) {
    std::string text =
            "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
            "You are provided with function signatures within <tools></tools> XML tags:\n<tools>";
    for (const auto & tool : common_chat_tools_to_json_oaicompat(tools)) {
        text += "\n" + tool.dump();
    }
    return text +
           "\n</tools>\n\nFor each function call, return a json object with function name and arguments within "
           "<tool_call></tool_call> XML tags:\n<tool_call>\n"
           "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";
}

std::string text_of(const common_chat_tool_call & call) {
    return "<tool_call>\n{\"name\": " + common_json::make(call.name).dump() + ", \"arguments\": " + call.arguments +
           "}\n</tool_call>";
}

void append(std::string & text, const std::string & more, const char * separator) {
    if (!text.empty()) {
        text += separator;
    }
    text += more;
}

}  // namespace

bool know_tools(const common_chat_templates * templates) {
    const auto capabilities = common_chat_templates_get_caps(templates);
    return capabilities.at("supports_tools") || capabilities.at("supports_tool_calls");
}

common_chat_templates_inputs without_tools(common_chat_templates_inputs inputs) {
    std::vector<common_chat_msg> messages;
    for (common_chat_msg & message : inputs.messages) {
        std::string text = message.render_content("\n");
        message.content_parts.clear();
        for (const common_chat_tool_call & call : message.tool_calls) {
            append(text, text_of(call), "\n");
        }
        message.tool_calls.clear();
        const bool result = message.role == "tool";
        if (result) {
            message.role = "user";
            text         = "<tool_response>\n" + text + "\n</tool_response>";
        }
        message.content = text;
        if (result && !messages.empty() && !messages.back().tool_call_id.empty()) {
            append(messages.back().content, text, "\n");  // several results are one message
        } else {
            if (result && message.tool_call_id.empty()) {
                message.tool_call_id = "call";
            }
            messages.push_back(message);
        }
    }
    for (common_chat_msg & message : messages) {
        message.tool_call_id.clear();
        message.tool_name.clear();
    }
    if (!inputs.tools.empty()) {
        if (messages.empty() || (messages.front().role != "system" && messages.front().role != "developer")) {
            common_chat_msg system;
            system.role = "system";
            messages.insert(messages.begin(), system);
        }
        append(messages.front().content, description_of(inputs.tools), "\n\n");
        inputs.tools.clear();
    }
    inputs.messages = messages;
    return inputs;
}

common_chat_params generic_tool_format(common_chat_templates_inputs inputs) {
    static const common_chat_templates_ptr templates = common_chat_templates_init(nullptr, form);
    common_chat_msg message;
    message.role    = "user";
    message.content = "?";
    inputs.messages = {message};
    inputs.chat_template_kwargs.clear();
    inputs.add_generation_prompt  = true;
    inputs.continue_final_message = COMMON_CHAT_CONTINUATION_NONE;
    return common_chat_templates_apply(templates.get(), inputs);
}

}  // namespace ls
