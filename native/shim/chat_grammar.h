// llama.cpp's grammars of answers, made to hold what a request asks for.
#pragma once

#include <string>

#include "chat.h"

namespace ls {

// Allows one call where llama.cpp allows several.
void allow_one_call(std::string & grammar);

// Allows nothing but calls, perhaps after some thinking.
void require_call(common_chat_params & params);

// Allows JSON of a schema, perhaps after some thinking, in a format that knows no schema.
void require_json(common_chat_params & params, const std::string & schema);

// Some formats let calls end the thinking, and so would let JSON be a part of it.
void require_end_of_thinking(common_chat_params & params);

// Allows what one of two grammars allows.
std::string either(const std::string & one, const std::string & other);

}  // namespace ls
