// Tools for templates that know none: the form of the Hermes models, which most others have learned too.
#pragma once

#include "chat.h"

namespace ls {

// Whether the templates can tell a model of tools.
bool know_tools(const common_chat_templates * templates);

// The same chat in words of a template that knows no tools: the tools in the system message, calls and results as text.
common_chat_templates_inputs without_tools(common_chat_templates_inputs inputs);

// How an answer calls one of these tools.
common_chat_params generic_tool_format(common_chat_templates_inputs inputs);

}  // namespace ls
