#include "chat_hooks.h"

#include <algorithm>
#include <string_view>

#include "chat_state.h"
#include "call_limits.h"

namespace ls {

namespace {

// How many bytes are compared between two looks at the clock.
constexpr size_t searched_at_once = 1 << 20;

// The request that this thread works on.
thread_local ls_chat *   current_chat = nullptr;
thread_local std::time_t current_time = 0;
thread_local bool        null_content = false;

}  // namespace

request_scope::request_scope(ls_chat * chat, std::time_t now) {
    current_chat = chat;
    current_time = now;
}

request_scope::~request_scope() {
    current_chat = nullptr;
    current_time = 0;
}

null_content_scope::null_content_scope() {
    null_content = true;
}

null_content_scope::~null_content_scope() {
    null_content = false;
}

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
