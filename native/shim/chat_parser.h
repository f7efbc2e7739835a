// Reads what a model says, as it says it, by a parser of llama.cpp's.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "chat.h"

namespace ls {

// llama.cpp's parser reads the whole text each time. So it is asked when something may change, and otherwise seldom enough that
// its cost per token stays the same however long the text is.
class chat_parser {
  public:
    enum class kind { nothing, text, thinking, several };

    chat_parser() = default;
    chat_parser(const common_chat_params & params, const common_chat_templates_inputs & inputs);

    // Takes the next piece of the text. Says what is new: nothing, or the piece itself as text or thinking, or several things,
    // which are added to the array. After the last piece comes another answer to the same prompt.
    kind accept(std::string_view piece, bool last, common_json & news);

  private:
    enum class growing { unknown, text, thinking };

    bool has_end(std::string_view piece) const;
    bool changes_nothing(std::string_view piece) const;
    bool grew(const std::string & before, const std::string & now, const std::string & unread) const;
    bool parse(bool last, common_json & news);
    std::string rest() const;
    void start_again();

    common_chat_parser_params parameters_;
    std::string               text_;
    size_t                    parsed_ = 0;  // up to where
    common_chat_msg           begin_;       // what the prompt has of the answer
    common_chat_msg           message_;     // what was reported
    growing                   growing_ = growing::unknown;
    std::array<bool, 256>     ends_{};  // bytes that may begin what ends a text
    size_t                    longest_ = 1;  // of what ends a text
};

}  // namespace ls
