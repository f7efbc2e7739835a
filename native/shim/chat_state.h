// The templates of a model, and the request that a thread works on.
#pragma once

#include <ctime>
#include <map>
#include <memory>
#include <mutex>

#include "chat-auto-parser.h"
#include "llamastream.h"
#include "special_texts.h"

namespace ls {

// What a template is like, found without control tokens at the ends: llama.cpp tests its analysis like that. With an EOS, it takes
// the calls of some templates apart wrongly.
struct analysis {
    common_chat_template   chat_template;
    autoparser::autoparser result;

    explicit analysis(const common_chat_template & original) : chat_template(original.source(), "", "") {
        result.analyze_template(chat_template);
    }
};

}  // namespace ls

struct ls_chat {
    const llama_vocab *                vocab = nullptr;  // NULL: a template without a model
    common_chat_templates_ptr          templates;
    std::unique_ptr<ls::special_texts> special;

    std::mutex lock;
    std::map<const common_chat_template *, std::unique_ptr<ls::analysis>> analyses;
};

namespace ls {

// While it exists, this thread works on a request.
class request_scope {
  public:
    request_scope(ls_chat * chat, std::time_t now);
    ~request_scope();
    request_scope(const request_scope &) = delete;
};

// While it exists, messages with calls of tools and without content have null content.
class null_content_scope {
  public:
    null_content_scope();
    ~null_content_scope();
    null_content_scope(const null_content_scope &) = delete;
};

}  // namespace ls
