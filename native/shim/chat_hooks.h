// What the copy of llama.cpp's common library calls instead of its own: see chat.cmake.
#pragma once

#include <ctime>
#include <string>

struct common_chat_template;
namespace autoparser {
struct autoparser;
struct generation_params;
}

namespace ls {

// The time that the request of this thread gives.
std::time_t chat_now();

// As std::localtime, with a result for each thread.
std::tm * chat_localtime(const std::time_t * time);

// Whether a message with calls of tools and without content has the content null, and not an empty text.
bool chat_null_content();

// What a template is like. Found out when it is first asked for.
const autoparser::autoparser & chat_analysis(const common_chat_template & chat_template);

// What the template adds to start an answer. prompt: what it makes of these inputs.
std::string chat_generation_prompt(
        const common_chat_template & chat_template, const autoparser::generation_params & inputs, const std::string & prompt);

}  // namespace ls
