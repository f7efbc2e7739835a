// A chat that was made a prompt: see llamastream.h.
#pragma once

#include <string>
#include <vector>

#include "chat_parser.h"
#include "llamastream.h"

struct ls_chat_format {
    common_chat_params params;
    ls::chat_parser    parser;

    // What the prompt ends with, if the grammar begins with that.
    std::string grammar_prefix;

    // What starts a lazy grammar: patterns for std::regex, and tokens.
    std::vector<std::string> trigger_patterns;
    std::vector<llama_token> trigger_tokens;
};
