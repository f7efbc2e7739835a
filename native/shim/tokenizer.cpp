// Tokenizes long texts in parts. llama_tokenize keeps a text's fragments in a list and walks it from the start for each
// special token it finds. So n special tokens cost n^2 steps: minutes for a text that a client may send. This code cuts long
// texts after special tokens, at the places where llama.cpp itself would cut, and passes each part to llama_tokenize. The
// resulting tokens are the same.

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "barrier.h"

namespace {

// For shorter texts the n^2 steps cost less than the search for special tokens, which scans the whole vocabulary.
constexpr size_t short_text = 16384;

// The minimum number of fragments per part.
constexpr size_t fragments_of_a_part = 128;

// Bytes that are no part of a control token.
using protected_bytes = std::vector<int32_t>;  // ascending

struct fragment {
    size_t      begin;
    size_t      end;
    llama_token special;  // LLAMA_TOKEN_NULL: plain text
};

bool has_protected(const protected_bytes & bytes, size_t begin, size_t end) {
    const auto first = std::lower_bound(bytes.begin(), bytes.end(), (int32_t) begin);
    return first != bytes.end() && *first < (int32_t) end;
}

bool is_control(llama_token_attr attr) {
    return (attr & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) != 0;
}

// The special tokens in llama.cpp's search order. The sort and its input must be the same as there, because tokens of equal
// length may overlap.
std::vector<llama_token> special_tokens(const llama_vocab * vocab) {
    std::vector<llama_token> tokens;
    for (llama_token id = 0; id < llama_vocab_n_tokens(vocab); id++) {
        if (llama_vocab_get_attr(vocab, id) &
            (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_USER_DEFINED | LLAMA_TOKEN_ATTR_UNKNOWN)) {
            tokens.push_back(id);
        }
    }
    const auto length = [&](llama_token id) { return std::string_view(llama_vocab_get_text(vocab, id)).size(); };
    std::sort(tokens.begin(), tokens.end(), [&](llama_token a, llama_token b) { return length(a) > length(b); });
    return tokens;
}

bool is_space(char c) {
    return std::isspace((unsigned char) c) != 0;
}

// Cuts the remaining text at each occurrence of a special token. Drops the white space that the token absorbs.
std::vector<fragment> cut(
        const llama_vocab * vocab, const std::vector<fragment> & fragments, std::string_view text, llama_token id,
        const protected_bytes & bytes) {
    const llama_token_attr attr = llama_vocab_get_attr(vocab, id);
    const std::string_view name = llama_vocab_get_text(vocab, id);
    std::vector<fragment> result;
    for (const fragment & f : fragments) {
        if (f.special != LLAMA_TOKEN_NULL) {
            result.push_back(f);
            continue;
        }
        const std::string_view before = text.substr(0, f.end);
        size_t                 from   = f.begin;
        size_t                 search = f.begin;
        for (size_t match; (match = before.find(name, search)) != std::string_view::npos;) {
            if (is_control(attr) && has_protected(bytes, match, match + name.size())) {
                search = match + 1;
                continue;
            }
            size_t left = match;
            while ((attr & LLAMA_TOKEN_ATTR_LSTRIP) && left > from && is_space(text[left - 1])) {
                left--;
            }
            if (left > from) {
                result.push_back({from, left, LLAMA_TOKEN_NULL});
            }
            from = match + name.size();
            result.push_back({match, from, id});
            while ((attr & LLAMA_TOKEN_ATTR_RSTRIP) && from < f.end && is_space(text[from])) {
                from++;
            }
            search = from;
        }
        if (from < f.end) {
            result.push_back({from, f.end, LLAMA_TOKEN_NULL});
        }
    }
    return result;
}

// The text's special tokens and what is between them.
std::vector<fragment> fragments_of(
        const llama_vocab * vocab, std::string_view text, bool parse_special, const protected_bytes & bytes) {
    std::vector<fragment> fragments = {{0, text.size(), LLAMA_TOKEN_NULL}};
    for (const llama_token id : special_tokens(vocab)) {
        if (!parse_special && is_control(llama_vocab_get_attr(vocab, id))) {
            continue;
        }
        if (text.find(llama_vocab_get_text(vocab, id)) != std::string_view::npos) {
            fragments = cut(vocab, fragments, text, id, bytes);
        }
    }
    return fragments;
}

// The parts of the text, without white space that would be dropped anyway. Each part except the last ends with a special
// token.
std::vector<std::string_view> parts_of(const llama_vocab * vocab, std::string_view text, bool parse_special) {
    const std::vector<fragment> fragments = fragments_of(vocab, text, parse_special, {});
    std::vector<std::string_view> parts;
    size_t begin = 0;
    size_t count = 0;
    for (size_t i = 0; i + 1 < fragments.size(); i++) {
        if (++count >= fragments_of_a_part && fragments[i].special != LLAMA_TOKEN_NULL) {
            parts.push_back(text.substr(begin, fragments[i].end - begin));
            begin = fragments[i + 1].begin;
            count = 0;
        }
    }
    parts.push_back(text.substr(begin));
    return parts;
}

void append(
        const llama_vocab * vocab, std::string_view text, bool add_special, bool parse_special,
        std::vector<llama_token> & tokens) {
    const size_t before = tokens.size();
    const auto   length = (int32_t) text.size();
    auto         room   = (int32_t) std::min<size_t>(text.size() + 16, INT32_MAX);
    tokens.resize(before + room);
    int32_t n = llama_tokenize(vocab, text.data(), length, tokens.data() + before, room, add_special, parse_special);
    if (n < 0 && n != INT32_MIN) {
        room = -n;
        tokens.resize(before + room);
        n = llama_tokenize(vocab, text.data(), length, tokens.data() + before, room, add_special, parse_special);
    }
    if (n < 0 || before + n >= INT32_MAX) {
        throw ls::refused("more than 2^31 - 1 tokens");
    }
    tokens.resize(before + n);
}

// How many of the tokens that are added to a text are put before it.
size_t added_before(const llama_vocab * vocab) {
    switch (llama_vocab_type(vocab)) {
        case LLAMA_VOCAB_TYPE_WPM:
            return 1;
        case LLAMA_VOCAB_TYPE_SPM:
        case LLAMA_VOCAB_TYPE_BPE:
        case LLAMA_VOCAB_TYPE_UGM:
            return llama_vocab_get_add_bos(vocab) ? 1 : 0;
        default:
            return 0;
    }
}

std::vector<llama_token> tokenize(
        const llama_vocab * vocab, std::string_view text, bool add_special, bool parse_special) {
    std::vector<llama_token> tokens;
    if (text.size() <= short_text) {
        append(vocab, text, add_special, parse_special, tokens);
        return tokens;
    }
    const std::vector<std::string_view> parts = parts_of(vocab, text, parse_special);
    std::vector<llama_token> added;
    if (add_special && parts.size() > 1) {
        append(vocab, {}, true, parse_special, added);
        added.erase(added.begin(), added.begin() + added_before(vocab));
    }
    append(vocab, parts[0], add_special, parse_special, tokens);
    tokens.resize(tokens.size() - added.size());
    for (size_t i = 1; i < parts.size(); i++) {
        append(vocab, parts[i], false, parse_special, tokens);
    }
    tokens.insert(tokens.end(), added.begin(), added.end());
    return tokens;
}

std::vector<llama_token> tokenize_protected(
        const llama_vocab * vocab, std::string_view text, const protected_bytes & bytes, bool add_special) {
    std::vector<llama_token> added;
    append(vocab, {}, add_special, true, added);
    const auto middle = added.begin() + std::min(added.size(), added_before(vocab));
    std::vector<llama_token> tokens(added.begin(), middle);
    for (const fragment & f : fragments_of(vocab, text, true, bytes)) {
        if (f.special != LLAMA_TOKEN_NULL) {
            tokens.push_back(f.special);
        } else {
            append(vocab, text.substr(f.begin, f.end - f.begin), false, false, tokens);
        }
    }
    tokens.insert(tokens.end(), middle, added.end());
    return tokens;
}

int32_t give(const std::vector<llama_token> & all, llama_token * tokens, int32_t n_tokens_max) {
    const auto n = (int32_t) all.size();
    if (n > n_tokens_max) {
        return -n;
    }
    std::copy(all.begin(), all.end(), tokens);
    return n;
}

}  // namespace

int32_t ls_tokenize(
        const llama_vocab * vocab, const char * text, int32_t text_len, llama_token * tokens, int32_t n_tokens_max,
        bool add_special, bool parse_special, ls_error * error) {
    return ls::barrier(error, INT32_MIN, [&] {
        return give(tokenize(vocab, {text, (size_t) text_len}, add_special, parse_special), tokens, n_tokens_max);
    });
}

int32_t ls_tokenize_protected(
        const llama_vocab * vocab, const char * text, int32_t text_len, const int32_t * positions, int32_t n_positions,
        llama_token * tokens, int32_t n_tokens_max, bool add_special, ls_error * error) {
    return ls::barrier(error, INT32_MIN, [&] {
        return give(
                tokenize_protected(vocab, {text, (size_t) text_len}, {positions, positions + n_positions}, add_special),
                tokens, n_tokens_max);
    });
}
