// What the copy of llama.cpp's common library calls instead of its own: see chat.cmake.
#pragma once

#include <cstddef>
#include <ctime>
#include <memory>
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

// A step of a template's program: throws when a limit is passed.
void chat_step();

// As the methods of std::string, with steps.
size_t chat_find(const std::string & text, const std::string & part, size_t from = 0);
size_t chat_rfind(const std::string & text, const std::string & part);

// Deletes nodes of trees one after the other. Destructors that delete other nodes would recurse as deep as a template nests.
template <class Node> struct chat_deleter {
    chat_deleter() = default;
    template <class Derived> chat_deleter(const std::default_delete<Derived> &) {}

    void operator()(Node * node) const {
        static thread_local Node * waiting = nullptr;
        static thread_local bool   busy    = false;
        node->deleted_before = waiting;
        waiting              = node;
        if (busy) {
            return;
        }
        busy = true;
        while (waiting != nullptr) {
            Node * next = waiting;
            waiting     = next->deleted_before;
            delete next;
        }
        busy = false;
    }
};

}  // namespace ls
