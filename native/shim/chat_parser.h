// Reads what a model says, as it says it, by a parser of llama.cpp's.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat.h"

namespace ls {

// llama.cpp's parser reads the whole text each time. So it is asked when something may change, and otherwise seldom enough that
// its cost per token stays the same however long the text is.
class chat_parser {
  public:
    enum class kind { nothing, text, thinking, several };

    chat_parser() = default;
    // json: llama.cpp's parser of the JSON, if the answer may be calls of tools or JSON.
    chat_parser(const common_chat_params & params, const std::string & json, const common_chat_templates_inputs & inputs);

    // Takes the next piece of the text. Says what is new: nothing, or the piece itself as text or thinking, or several things,
    // which are added to the array. After the last piece comes another answer to the same prompt.
    kind accept(std::string_view piece, bool last, common_json & news);

  private:
    enum class growing { unknown, text, thinking };

    // A parser of llama.cpp's.
    struct form {
        common_chat_parser_params parameters;
        std::array<bool, 256>     ends{};  // bytes that may begin what ends a text
        size_t                    longest = 1;  // of what ends a text

        form(const common_chat_params & params, const std::string & parser, bool schema);
    };

    bool has_end(std::string_view piece) const;
    bool changes_nothing(std::string_view piece) const;
    bool grew(const std::string & before, const std::string & now, const std::string & unread) const;
    std::optional<bool> has_text(const form & form) const;
    bool is_json() const;
    bool parse(bool last, common_json & news);
    std::string rest() const;
    void start_again();

    std::vector<form> forms_;  // of calls and of JSON, or one that reads both
    size_t            form_ = 0;  // which of them
    std::string       text_;
    size_t            parsed_ = 0;  // up to where
    common_chat_msg   begin_;       // what the prompt has of the answer
    common_chat_msg   message_;     // what was reported
    growing           growing_ = growing::unknown;
};

}  // namespace ls
