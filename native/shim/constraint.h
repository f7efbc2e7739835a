// Which tokens a generation may or must take: a grammar, perhaps one that starts later, and a budget for thinking.
#pragma once

#include <deque>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "chat_format.h"
#include "sampler.h"

namespace ls {

class constraint {
  public:
    // Obeys a grammar in GBNF.
    void obey(const llama_vocab * vocab, const char * grammar);

    // Obeys the grammar of a chat, if it has one. budget: how many tokens of thinking; negative: any number.
    void obey(const llama_vocab * vocab, const ls_chat_format & format, int32_t budget);

    bool allows(llama_token token) const;
    void apply(llama_token_data_array * array) const;

    // The token that must come next; LLAMA_TOKEN_NULL: any.
    llama_token forced() const;

    void accept(llama_token token);

  private:
    bool thinks() const;
    bool applies() const;
    void accept_grammar(llama_token token);
    bool is_trigger(llama_token token) const;
    bool matches(const std::string & text, std::regex_constants::match_flag_type flags) const;
    bool triggers(llama_token token);

    const llama_vocab * vocab_ = nullptr;
    sampler_ptr         grammar_;
    sampler_ptr         thinking_;
    std::vector<llama_token> end_of_thinking_;

    // A lazy grammar starts with a pattern or a token. It is shown no token before that: llama.cpp would search all the text so
    // far for each of them, by a recursion that may be as deep as the text is long.
    bool                     lazy_  = false;
    bool                     waits_ = false;
    std::vector<std::regex>  patterns_;
    std::vector<llama_token> tokens_;
    std::string              tail_;  // the end of the text
    bool                     begins_ = true;  // whether the tail is all of it
    std::deque<std::pair<llama_token, size_t>> recent_;  // the tail's tokens, with the length of each
};

}  // namespace ls
