// From a request to what a template makes of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "chat_state.h"

namespace ls {

// What a template makes of a chat.
struct applied {
    common_chat_params params;
    std::string        grammar_prefix;  // see ls_chat_format
    std::string        json_parser;     // if it may be calls of tools or JSON: how to read the JSON

    applied(common_chat_params p) : params(std::move(p)), grammar_prefix(params.generation_prompt) {}
};

// A request in JSON: see llamastream.h.
common_chat_templates_inputs read(const common_json & request);

applied apply(const ls_chat & chat, const common_chat_templates_inputs & inputs);

// The same request with one tool.
common_chat_templates_inputs only(common_chat_templates_inputs inputs, const std::string & tool);

// The prompt in which the author's words cannot become control tokens: the bytes at these positions are no part of one. prompt:
// what apply makes of the inputs.
std::string protect(
        const ls_chat & chat, const common_chat_templates_inputs & inputs, const std::string & prompt,
        std::vector<int32_t> & positions);

}  // namespace ls
