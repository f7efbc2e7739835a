#include "constraint.h"

#include <algorithm>
#include <array>
#include <climits>

#include "barrier.h"
#include "common.h"
#include "reasoning-budget.h"

namespace ls {

namespace {

// Longer than what any pattern matches.
constexpr size_t tail_length = 128;

sampler_ptr checked(llama_sampler * grammar) {
    if (grammar == nullptr) {
        throw refused(barrier_scope::errors("failed to parse grammar"));
    }
    return sampler_ptr(grammar);
}

std::string text_of(const llama_vocab * vocab, const std::vector<llama_token> & tokens) {
    std::string text;
    for (const llama_token token : tokens) {
        text += common_token_to_piece(vocab, token, true);
    }
    return text;
}

// A token for each byte of a text.
std::vector<llama_token> bytes_of(const llama_vocab * vocab, const std::string & text) {
    std::array<llama_token, 256> tokens;
    tokens.fill(LLAMA_TOKEN_NULL);
    for (llama_token id = 0; id < llama_vocab_n_tokens(vocab); id++) {
        const std::string piece = common_token_to_piece(vocab, id, false);
        if (piece.size() == 1) {
            tokens[(unsigned char) piece[0]] = id;
        }
    }
    std::vector<llama_token> result;
    for (const char c : text) {
        const llama_token token = tokens[(unsigned char) c];
        if (token == LLAMA_TOKEN_NULL) {
            throw refused("this vocabulary has no token for a byte of the template's");
        }
        result.push_back(token);
    }
    return result;
}

// The template's beginning of the answer, as tokens with exactly this text. Some tokenizers add spaces.
std::vector<llama_token> prefill_of(const llama_vocab * vocab, const std::string & text) {
    const std::vector<llama_token> tokens = common_tokenize(vocab, text, false, true);
    return text_of(vocab, tokens) == text ? tokens : bytes_of(vocab, text);
}

// Whether the prompt has begun the thinking, and not ended it.
bool begins_thinking(const common_chat_params & chat) {
    const size_t begin = chat.generation_prompt.rfind(chat.thinking_start_tag);
    return begin != std::string::npos &&
           std::none_of(chat.thinking_end_tags.begin(), chat.thinking_end_tags.end(), [&](const std::string & tag) {
               return chat.generation_prompt.find(tag, begin) != std::string::npos;
           });
}

}  // namespace

void constraint::obey(const llama_vocab * vocab, const char * grammar) {
    grammar_ = checked(llama_sampler_init_grammar(vocab, grammar, "root"));
}

void constraint::obey(const llama_vocab * vocab, const ls_chat_format & format, int32_t budget) {
    vocab_                          = vocab;
    const common_chat_params & chat = format.params;
    if (!chat.grammar.empty() && chat.grammar_lazy) {
        lazy_   = true;
        waits_  = true;
        tokens_ = format.trigger_tokens;
        std::vector<const char *> patterns;
        for (const std::string & pattern : format.trigger_patterns) {
            patterns_.emplace_back(pattern);
            patterns.push_back(pattern.c_str());
        }
        grammar_ = checked(llama_sampler_init_grammar_lazy_patterns(
                vocab, chat.grammar.c_str(), "root", patterns.data(), patterns.size(), tokens_.data(), tokens_.size()));
    } else if (!chat.grammar.empty()) {
        grammar_ = checked(llama_sampler_init_grammar(vocab, chat.grammar.c_str(), "root"));
        for (const llama_token token : prefill_of(vocab, format.grammar_prefix)) {
            llama_sampler_accept(grammar_.get(), token);
        }
    }
    if (!chat.thinking_start_tag.empty() && !chat.thinking_end_tags.empty() && (lazy_ || budget >= 0)) {
        std::vector<llama_tokens> ends;
        for (const std::string & tag : chat.thinking_end_tags) {
            ends.push_back(common_tokenize(vocab, tag, false, true));
        }
        end_of_thinking_ = ends.front();
        thinking_ = sampler_ptr(common_reasoning_budget_init(
                vocab, {common_tokenize(vocab, chat.thinking_start_tag, false, true)}, ends, end_of_thinking_,
                budget < 0 ? INT32_MAX : budget,
                begins_thinking(chat) ? REASONING_BUDGET_COUNTING : REASONING_BUDGET_IDLE));
    }
}

bool constraint::thinks() const {
    const auto state = common_reasoning_budget_get_state(thinking_.get());
    return state != REASONING_BUDGET_IDLE && state != REASONING_BUDGET_DONE;
}

// A lazy grammar rests while the model thinks.
bool constraint::applies() const {
    return grammar_ && !waits_ && !(lazy_ && thinks());
}

bool constraint::allows(llama_token token) const {
    if (!applies()) {
        return true;
    }
    llama_token_data       data  = {token, 1.0f, 0.0f};
    llama_token_data_array array = {&data, 1, -1, false};
    llama_sampler_apply(grammar_.get(), &array);
    return data.logit != -INFINITY;
}

void constraint::apply(llama_token_data_array * array) const {
    llama_sampler_apply(grammar_.get(), array);
}

llama_token constraint::forced() const {
    if (common_reasoning_budget_get_state(thinking_.get()) != REASONING_BUDGET_FORCING) {
        return LLAMA_TOKEN_NULL;
    }
    std::vector<llama_token_data> data;
    for (const llama_token token : end_of_thinking_) {
        data.push_back({token, 0.0f, 0.0f});
    }
    llama_token_data_array array = {data.data(), data.size(), -1, false};
    llama_sampler_apply(thinking_.get(), &array);
    const auto left = std::find_if(data.begin(), data.end(), [](const auto & d) { return d.logit == 0.0f; });
    // a call of gpt-oss may look like thinking
    return left == data.end() || !allows(left->id) ? LLAMA_TOKEN_NULL : left->id;
}

void constraint::accept(llama_token token) {
    const bool rests = lazy_ && thinks();
    if (thinking_) {
        llama_sampler_accept(thinking_.get(), token);
    }
    if (!grammar_) {
        return;
    }
    if (!rests) {
        accept_grammar(token);
    } else if (const llama_tokens * end = common_reasoning_budget_get_end_match(thinking_.get()); end != nullptr && waits_) {
        // a call may end the thinking
        for (const llama_token part : *end) {
            accept_grammar(part);
        }
    }
}

bool constraint::is_trigger(llama_token token) const {
    return std::find(tokens_.begin(), tokens_.end(), token) != tokens_.end();
}

bool constraint::matches(const std::string & text, std::regex_constants::match_flag_type flags) const {
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::regex & pattern) {
        return std::regex_search(text, pattern, flags);
    });
}

void constraint::accept_grammar(llama_token token) {
    if (!waits_) {
        llama_sampler_accept(grammar_.get(), token);
    } else if (triggers(token)) {
        waits_ = false;
        for (const auto & [recent, length] : recent_) {
            llama_sampler_accept(grammar_.get(), recent);
        }
        recent_.clear();
    }
}

// Whether a token starts the grammar. Keeps the end of the text.
bool constraint::triggers(llama_token token) {
    if (is_trigger(token)) {
        recent_ = {{token, 0}};
        return true;
    }
    const std::string piece = common_token_to_piece(vocab_, token, true);
    tail_ += piece;
    recent_.emplace_back(token, piece.size());
    while (tail_.size() - recent_.front().second >= tail_length) {
        tail_.erase(0, recent_.front().second);
        recent_.pop_front();
        begins_ = false;
    }
    return matches(tail_, begins_ ? std::regex_constants::match_default : std::regex_constants::match_not_bol);
}

}  // namespace ls
