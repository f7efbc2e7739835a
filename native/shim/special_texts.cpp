#include "special_texts.h"

#include <algorithm>
#include <cctype>

namespace ls {

namespace {

constexpr size_t part_length = 3;

bool is_punctuation(char c) {
    const auto byte = (unsigned char) c;
    return byte < 128 && std::ispunct(byte) != 0;
}

bool has_punctuation(std::string_view text) {
    for (const char c : text) {
        if (is_punctuation(c)) {
            return true;
        }
    }
    return false;
}

std::string_view trim(std::string_view text) {
    const auto is_space = [](char c) { return std::isspace((unsigned char) c) != 0; };
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

// A character of planes 15 and 16 in UTF-8.
std::string private_character(uint32_t c) {
    return {(char) (0xF0 | c >> 18), (char) (0x80 | (c >> 12 & 0x3F)), (char) (0x80 | (c >> 6 & 0x3F)), (char) (0x80 | (c & 0x3F))};
}

// As a JSON text in ASCII writes it.
std::string escaped(uint32_t c) {
    char text[16];
    snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
    return text;
}

}  // namespace

special_texts::special_texts(const llama_vocab * vocab) {
    for (llama_token id = 0; id < llama_vocab_n_tokens(vocab); id++) {
        if ((llama_vocab_get_attr(vocab, id) & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) == 0) {
            continue;
        }
        const std::string text = llama_vocab_get_text(vocab, id);
        const bool        bare = !has_punctuation(text);  // such a token is known by its letters
        for (const char c : text) {
            if ((unsigned char) c < 128 && (bare || is_punctuation(c))) {
                hidden_[(unsigned char) c] = true;
            }
        }
        for (size_t i = 0; i + part_length <= text.size(); i++) {
            const std::string part = text.substr(i, part_length);
            if (bare || has_punctuation(part)) {
                parts_.insert(part);
            }
        }
        for (size_t n = 1; n < part_length && n <= text.size(); n++) {
            beginnings_.insert(text.substr(0, n));
            ends_.insert(text.substr(text.size() - n));
        }
    }
}

bool special_texts::hides(char c) const {
    const auto byte = (unsigned char) c;
    return byte < hidden_.size() && hidden_[byte];
}

bool special_texts::resembles(std::string_view text) const {
    for (size_t i = 0; i + part_length <= text.size(); i++) {
        const std::string_view part = text.substr(i, part_length);
        if (std::any_of(part.begin(), part.end(), [&](char c) { return hides(c); }) &&
            parts_.count(std::string(part)) != 0) {
            return true;
        }
    }
    const std::string_view trimmed = trim(text);
    for (size_t n = 1; n < part_length && n <= trimmed.size(); n++) {
        if (beginnings_.count(std::string(trimmed.substr(trimmed.size() - n))) != 0 ||
            ends_.count(std::string(trimmed.substr(0, n))) != 0) {
            return true;
        }
    }
    return trimmed.size() < part_length && has_punctuation(trimmed);
}

std::string special_texts::disguise(std::string_view text, uint32_t base) const {
    std::string result;
    for (const char c : text) {
        if (hides(c)) {
            result += private_character(base + (unsigned char) c);
        } else {
            result += c;
        }
    }
    return result;
}

std::string special_texts::undisguise(std::string_view text, uint32_t base, std::vector<int32_t> & positions) {
    std::string result;
    for (size_t i = 0; i < text.size();) {
        size_t length = 0;
        for (uint32_t c = '!'; c <= '~' && (text[i] == '\\' || (unsigned char) text[i] >= 0xF3); c++) {
            for (const std::string & form : {private_character(base + c), escaped(base + c)}) {
                if (text.compare(i, form.size(), form) == 0) {
                    length = form.size();
                    positions.push_back((int32_t) result.size());
                    result += (char) c;
                }
            }
        }
        if (length == 0) {
            result += text[i];
            length = 1;
        }
        i += length;
    }
    return result;
}

std::string special_texts::prefix(uint32_t base) {
    return private_character(base).substr(0, 2);
}

}  // namespace ls
