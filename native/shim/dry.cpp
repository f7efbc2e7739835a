// Creates the same sampler as llama_sampler_init_dry in a hundredth of the time. llama.cpp scans the vocabulary once per
// breaker. For each token that ends with the start of a breaker, it also tokenizes the rest of the breaker again. The worst
// breakers take half a minute with 256,000 tokens.

#include "dry.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "barrier.h"

// Exported by libllama for its own tests. Creates a sampler from tokenized breakers; each has at least one token.
llama_sampler * llama_sampler_init_dry_testing(
        float dry_multiplier, float dry_base, int32_t dry_allowed_length, int32_t dry_penalty_last_n,
        const std::vector<std::vector<llama_token>> & seq_breakers);

namespace {

// The same value as in llama.cpp.
constexpr size_t most_tokens_behind = 20;

// Each stream keeps a copy of all sequences, about 80 bytes each. Single letters occur in tens of thousands of tokens.
constexpr size_t most_sequences = 65536;

using tokens = std::vector<llama_token>;

class breaker {
  public:
    breaker(const llama_vocab * vocab, std::string_view text) : vocab(vocab), text(text) {}

    // Adds the token sequences that begin with this token and contain the breaker.
    void add_sequences(llama_token head, std::string_view word, std::vector<tokens> & sequences) {
        if (word.find(text) != std::string_view::npos) {
            sequences.push_back({head});
            return;
        }
        for (size_t at = word.find(text[0]); at != std::string_view::npos; at = word.find(text[0], at + 1)) {
            const size_t common = word.size() - at;
            if (common < text.size() && word.substr(at) == text.substr(0, common)) {
                tokens sequence = {head};
                const tokens & behind = tokenized(common);
                sequence.insert(sequence.end(), behind.begin(), behind.end());
                sequences.push_back(std::move(sequence));
            }
        }
    }

  private:
    const tokens & tokenized(size_t from) {
        const auto known = rests.find(from);
        if (known != rests.end()) {
            return known->second;
        }
        const std::string_view rest = text.substr(from);
        tokens result(rest.size() + 16);
        const int32_t n = llama_tokenize(
                vocab, rest.data(), (int32_t) rest.size(), result.data(), (int32_t) result.size(), false, false);
        if (n < 0) {
            throw ls::refused("a breaker has more tokens than bytes");
        }
        result.resize(std::min<size_t>(n, most_tokens_behind));
        return rests[from] = result;
    }

    const llama_vocab *      vocab;
    std::string_view         text;
    std::map<size_t, tokens> rests;
};

std::string written(const llama_vocab * vocab, llama_token token) {
    std::string text(128, '\0');
    int32_t n = llama_detokenize(vocab, &token, 1, text.data(), (int32_t) text.size(), false, true);
    if (n < 0) {
        text.resize(-n);
        n = llama_detokenize(vocab, &token, 1, text.data(), (int32_t) text.size(), false, true);
    }
    text.resize(std::max(n, 0));
    return text;
}

std::vector<tokens> sequences_of(const llama_vocab * vocab, const char ** texts, int32_t n_texts) {
    std::vector<breaker> breakers;
    for (int32_t i = 0; i < n_texts; i++) {
        breakers.emplace_back(vocab, texts[i]);
    }
    std::vector<tokens> all;
    std::vector<tokens> of_token;
    const llama_token n_vocab = n_texts == 0 ? 0 : llama_vocab_n_tokens(vocab);
    for (llama_token token = 0; token < n_vocab; token++) {
        const std::string word = written(vocab, token);
        of_token.clear();
        for (breaker & b : breakers) {
            b.add_sequences(token, word, of_token);
        }
        std::sort(of_token.begin(), of_token.end());
        of_token.erase(std::unique(of_token.begin(), of_token.end()), of_token.end());
        all.insert(all.end(), of_token.begin(), of_token.end());
        if (all.size() > most_sequences) {
            throw ls::refused("in more than " + std::to_string(most_sequences) + " tokens of the vocabulary, must be fewer or longer");
        }
    }
    return all;
}

}  // namespace

ls_dry * ls_dry_new(
        const llama_model * model, float multiplier, float base, int32_t allowed_length, int32_t last_n,
        const char ** breakers, int32_t n_breakers, ls_error * error) {
    return ls::barrier(error, (ls_dry *) nullptr, [&] {
        const std::vector<tokens> sequences = sequences_of(llama_model_get_vocab(model), breakers, n_breakers);
        auto dry = std::make_unique<ls_dry>();
        // the other function logs a warning when there are no breakers
        dry->sampler = sequences.empty()
                ? llama_sampler_init_dry(
                        llama_model_get_vocab(model), multiplier, base, allowed_length, last_n, nullptr, 0)
                : llama_sampler_init_dry_testing(multiplier, base, allowed_length, last_n, sequences);
        return dry.release();
    });
}

int32_t ls_dry_free(ls_dry * dry, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        delete dry;
        return 0;
    });
}
