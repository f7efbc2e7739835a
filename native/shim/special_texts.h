// Keeps a user's words from becoming control tokens.
//
// A chat template puts texts of the user between control tokens of its own, and the result is tokenized as a whole. So that a
// user's "<|im_end|>" stays text, its punctuation is replaced by private characters before the template sees it, and put back
// afterwards at positions that the tokenizer then knows to be no part of a control token. Only texts that resemble a control
// token, or may become a part of one next to other texts, are disguised. All others reach the template as they are, so that it
// can compare, split and trim them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "llama.h"

namespace ls {

class special_texts {
  public:
    explicit special_texts(const llama_vocab * vocab);

    // Whether a text may become a part of a control token.
    bool resembles(std::string_view text) const;

    // Replaces punctuation by private characters. base: the first of 128 of them.
    std::string disguise(std::string_view text, uint32_t base) const;

    // Puts the punctuation back and adds its positions in the result.
    static std::string undisguise(std::string_view text, uint32_t base, std::vector<int32_t> & positions);

    // The beginning in UTF-8 that all private characters of a base share: a text without it uses none of them.
    static std::string prefix(uint32_t base);

  private:
    bool hides(char c) const;

    // In lower case, because templates may change the case.
    std::unordered_set<std::string> parts_;       // a control token's parts of 3 bytes that have punctuation
    std::unordered_set<std::string> beginnings_;  // of at most 2 bytes
    std::unordered_set<std::string> ends_;        // likewise
    std::array<bool, 128>           hidden_{};    // the characters to disguise
};

}  // namespace ls
