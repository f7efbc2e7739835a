// llama.cpp's grammars for calls of tools, made to hold what a request asks for.
#pragma once

#include <string>

#include "chat.h"

namespace ls {

// Whether what starts a lazy grammar is the beginning of a call.
bool begins_with_trigger(const common_chat_params & params);

// Allows one call where llama.cpp allows several.
void allow_one_call(std::string & grammar);

// Allows nothing but calls, perhaps after some thinking.
void require_call(std::string & grammar);

}  // namespace ls
