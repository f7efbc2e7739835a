// A llama.cpp sampler chain with a shortcut that selects the candidates in advance. Order of the chain: logit bias,
// penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature, selector. This is llama.cpp's default order,
// with top-n-sigma before top-k as in common/sampling.cpp.

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "barrier.h"
#include "constraint.h"
#include "context.h"
#include "dry.h"
#include "sampler.h"

namespace {

using ls::sampler_ptr;

// Below this temperature the distribution is its maximum, and dividing logits by it overflows.
constexpr float min_temperature = 1e-4f;

// Which candidates enter the chain.
enum class candidates {
    greedy,   // no chain: the argmax of the raw logits
    top_k,    // only logit biases precede top-k, so the k best tokens and the biased ones suffice
    all,
};

// Whether every logit is at most the bound. False if one is NaN. No branch per logit, so that the compiler can vectorize.
bool none_above(const float * logits, int32_t n, float bound) {
    int32_t above = 0;
    for (int32_t i = 0; i < n; i++) {
        above |= !(logits[i] <= bound);
    }
    return above == 0;
}

// Of equal logits the smaller id comes first. Not a function, so that sorts inline it.
constexpr auto more_probable = [](const llama_token_data & a, const llama_token_data & b) {
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
};

// The k best logits in descending order. Also checks that the logits form a distribution, because sorting NaNs later would
// be undefined behaviour. The candidates form a heap with the worst of them at its root: nearly every logit is worse than
// that.
void find_best(const float * logits, int32_t n, size_t k, std::vector<llama_token_data> & best) {
    constexpr int32_t block = 64;
    best.clear();
    float worst = -INFINITY;
    for (int32_t from = 0; from < n; from += block) {
        const int32_t to = std::min(from + block, n);
        if (best.size() == k && none_above(logits + from, to - from, worst)) {
            continue;
        }
        for (llama_token id = from; id < to; id++) {
            if (best.size() == k && logits[id] <= worst) {
                continue;
            }
            if (std::isnan(logits[id])) {
                throw std::runtime_error("the model's logits are not finite");
            }
            if (best.size() == k) {
                std::pop_heap(best.begin(), best.end(), more_probable);
                best.pop_back();
            }
            best.push_back({id, logits[id], 0.0f});
            std::push_heap(best.begin(), best.end(), more_probable);
            worst = best.front().logit;
        }
    }
    std::sort_heap(best.begin(), best.end(), more_probable);
    if (std::isinf(best.front().logit)) {
        throw std::runtime_error("the model's logits are not finite");
    }
}

// Moves the k best candidates to the beginning, in descending order. They form a heap, as in find_best.
void sort_best(llama_token_data * begin, llama_token_data * end, size_t k) {
    std::make_heap(begin, begin + k, more_probable);
    for (llama_token_data * candidate = begin + k; candidate != end; candidate++) {
        if (candidate->logit >= begin->logit && more_probable(*candidate, *begin)) {
            std::pop_heap(begin, begin + k, more_probable);
            std::swap(begin[k - 1], *candidate);
            std::push_heap(begin, begin + k, more_probable);
        }
    }
    std::sort_heap(begin, begin + k, more_probable);
}

// As llama.cpp's top-k. But of equal logits those of the smaller ids come first, as from find_best. In llama.cpp their order
// depends on all others and on the C++ library.
void keep_best(llama_sampler * sampler, llama_token_data_array * candidates) {
    llama_token_data * begin = candidates->data;
    llama_token_data * end   = begin + candidates->size;
    const auto         k     = std::min<size_t>(*static_cast<int32_t *>(sampler->ctx), candidates->size);
    if (!candidates->sorted && k <= candidates->size / 32) {
        sort_best(begin, end, k);
    } else if (!candidates->sorted) {  // faster for so many
        std::nth_element(begin, begin + k, end, more_probable);
        std::sort(begin, begin + k, more_probable);
    }
    candidates->size   = k;
    candidates->sorted = true;
}

llama_sampler * keeper_of_the_best(int32_t k) {
    static llama_sampler_i functions = [] {
        llama_sampler_i f = {};
        f.name            = [](const llama_sampler *) { return "keep-best"; };
        f.apply           = keep_best;
        f.free            = [](llama_sampler * sampler) { delete static_cast<int32_t *>(sampler->ctx); };
        return f;
    }();
    return llama_sampler_init(&functions, new int32_t(k));
}

// Removes candidates of probability zero: banned ones, and those so far below the best that expf returns 0. llama.cpp's
// typical sampler would multiply 0 by log(0) for them and then keep an arbitrary set.
void remove_improbable(llama_sampler *, llama_token_data_array * candidates) {
    constexpr float  least = -80.0f;
    llama_token_data * end = candidates->data + candidates->size;
    const float max = std::max_element(candidates->data, end, [](const auto & a, const auto & b) {
        return a.logit < b.logit;
    })->logit;
    candidates->size = std::remove_if(candidates->data, end, [&](const llama_token_data & candidate) {
        return candidate.logit - max < least;
    }) - candidates->data;
}

llama_sampler * remover_of_the_improbable() {
    static llama_sampler_i functions = [] {
        llama_sampler_i f = {};
        f.name            = [](const llama_sampler *) { return "remove-improbable"; };
        f.apply           = remove_improbable;
        return f;
    }();
    return llama_sampler_init(&functions, nullptr);
}

}  // namespace

struct ls_sampler {
    int32_t     n_vocab = 0;
    sampler_ptr chain;
    ls::constraint constraint;
    candidates  mode    = candidates::all;
    int32_t     top_k   = 0;
    std::vector<llama_token> biased;
    bool        history = false;  // penalties or DRY: the chain must accept every token

    std::vector<llama_token_data> buffer;

    llama_token sample(const float * logits);

  private:
    llama_token_data_array all(const float * logits);
    llama_token_data_array best(const float * logits);
    llama_token            select(llama_token_data_array array);
    llama_token            choose(const float * logits);
};

llama_token_data_array ls_sampler::all(const float * logits) {
    buffer.resize(n_vocab);
    for (llama_token id = 0; id < n_vocab; id++) {
        buffer[id] = {id, logits[id], 0.0f};
    }
    return {buffer.data(), buffer.size(), -1, false};
}

// Enough candidates to fill top_k even if all biased ones drop out, plus the biased ones.
llama_token_data_array ls_sampler::best(const float * logits) {
    const auto k = (size_t) std::min<int64_t>((int64_t) top_k + (int64_t) biased.size(), n_vocab);
    find_best(logits, n_vocab, k, buffer);
    for (const llama_token token : biased) {
        if (more_probable(buffer[k - 1], {token, logits[token], 0.0f})) {
            buffer.push_back({token, logits[token], 0.0f});
        }
    }
    return {buffer.data(), buffer.size(), -1, biased.empty()};
}

llama_token ls_sampler::select(llama_token_data_array array) {
    llama_sampler_apply(chain.get(), &array);
    if (array.selected < 0 || array.selected >= (int64_t) array.size) {
        throw std::runtime_error("the sampler chain selected no token");
    }
    const llama_token_data & selected = array.data[array.selected];
    if (!std::isfinite(selected.logit) || std::isnan(selected.p)) {
        throw std::runtime_error("no token is left to select from: all are banned");
    }
    return selected.id;
}

llama_token ls_sampler::choose(const float * logits) {
    llama_token token;
    if (mode == candidates::top_k) {
        token = select(best(logits));
    } else {
        find_best(logits, n_vocab, 1, buffer);
        token = mode == candidates::greedy ? buffer.front().id : select(all(logits));
    }
    // Same method as llama.cpp's common_sampler_sample. The grammar is slow, so check only the chosen token first. Check the
    // whole vocabulary if the grammar rejects it. The distribution is the same.
    if (constraint.allows(token)) {
        return token;
    }
    llama_token_data_array array = all(logits);
    constraint.apply(&array);
    if (std::none_of(buffer.begin(), buffer.end(), [](const auto & d) { return d.logit > -INFINITY; })) {
        throw std::runtime_error("the grammar allows no token of this vocabulary here");
    }
    if (mode == candidates::greedy) {
        return std::min_element(buffer.begin(), buffer.end(), more_probable)->id;
    }
    return select(array);
}

llama_token ls_sampler::sample(const float * logits) {
    const llama_token forced = constraint.forced();
    const llama_token token  = forced == LLAMA_TOKEN_NULL ? choose(logits) : forced;
    constraint.accept(token);
    if (history) {
        llama_sampler_accept(chain.get(), token);
    }
    return token;
}

ls_sampler * ls_sampler_new(const llama_model * model, const ls_sampler_params * params, ls_error * error) {
    return ls::barrier(error, (ls_sampler *) nullptr, [&] {
        const ls_sampler_params & p     = *params;
        const llama_vocab *       vocab = llama_model_get_vocab(model);

        auto sampler     = std::make_unique<ls_sampler>();
        sampler->n_vocab = llama_vocab_n_tokens(vocab);

        llama_sampler_chain_params chain_params = llama_sampler_chain_default_params();
        chain_params.no_perf                    = true;
        sampler->chain.reset(llama_sampler_chain_init(chain_params));
        const auto add = [&](llama_sampler * s) {
            if (s == nullptr) {
                throw ls::refused(ls::barrier_scope::errors("a sampler could not be made"));
            }
            llama_sampler_chain_add(sampler->chain.get(), s);
        };

        const bool bias      = p.n_logit_bias > 0;
        const bool penalties = p.penalty_last_n > 0 && (p.repeat_penalty != 1.0f || p.frequency_penalty != 0.0f ||
                                                        p.presence_penalty != 0.0f);
        sampler->history     = penalties || p.dry != nullptr;

        if (bias) {
            add(llama_sampler_init_logit_bias(sampler->n_vocab, p.n_logit_bias, p.logit_bias));
        }
        if (penalties) {
            add(llama_sampler_init_penalties(
                    sampler->n_vocab, p.penalty_last_n, p.repeat_penalty, p.frequency_penalty, p.presence_penalty));
        }
        if (p.dry != nullptr) {
            add(llama_sampler_clone(p.dry->sampler));
        }

        const bool greedy = p.temperature < min_temperature;
        if (greedy) {
            if (bias) {
                add(keeper_of_the_best(1));  // llama.cpp's greedy sampler takes the first, and biased candidates come last
            }
            add(llama_sampler_init_greedy());
        } else if (p.mirostat != 0) {
            add(llama_sampler_init_temp(p.temperature));
            add(p.mirostat == 1
                        ? llama_sampler_init_mirostat(sampler->n_vocab, p.seed, p.mirostat_tau, p.mirostat_eta, 100)
                        : llama_sampler_init_mirostat_v2(p.seed, p.mirostat_tau, p.mirostat_eta));
        } else {
            if (p.top_n_sigma > 0.0f) {
                add(llama_sampler_init_top_n_sigma(p.top_n_sigma));
            }
            if (p.top_k > 0) {
                add(keeper_of_the_best(p.top_k));
            }
            if (p.typical_p < 1.0f) {
                add(remover_of_the_improbable());
                add(llama_sampler_init_typical(p.typical_p, 1));
            }
            if (p.top_p < 1.0f) {
                add(llama_sampler_init_top_p(p.top_p, 1));
            }
            if (p.min_p > 0.0f) {
                add(llama_sampler_init_min_p(p.min_p, 1));
            }
            if (p.xtc_probability > 0.0f) {
                add(llama_sampler_init_xtc(p.xtc_probability, p.xtc_threshold, 1, p.seed));
            }
            add(llama_sampler_init_temp(p.temperature));
            add(llama_sampler_init_dist(p.seed));
        }

        if (p.grammar != nullptr) {
            sampler->constraint.obey(vocab, p.grammar);
        } else if (p.chat != nullptr) {
            sampler->constraint.obey(vocab, *p.chat, p.thinking_budget);
        }

        // with more than 100 biased tokens the shortcut does not pay off
        const bool reordered = p.n_logit_bias > 100 || sampler->history || p.mirostat != 0 || p.top_n_sigma > 0.0f;
        if (greedy && !bias && !sampler->history) {
            sampler->mode = candidates::greedy;
        } else if (!reordered && (greedy || p.top_k > 0)) {
            sampler->mode  = candidates::top_k;
            sampler->top_k = greedy ? 1 : p.top_k;
            for (int32_t i = 0; i < p.n_logit_bias; i++) {
                sampler->biased.push_back(p.logit_bias[i].token);
            }
        }
        return sampler.release();
    });
}

int32_t ls_sampler_free(ls_sampler * sampler, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        delete sampler;
        return 0;
    });
}

int32_t ls_sampler_accept_prompt(
        ls_sampler * sampler, const llama_token * tokens, int32_t n_tokens, ls_error * error) {
    return ls::barrier(error, (int32_t) LS_FAILED, [&] {
        for (int32_t i = 0; sampler->history && i < n_tokens; i++) {
            llama_sampler_accept(sampler->chain.get(), tokens[i]);
        }
        return 0;
    });
}

llama_token ls_sampler_sample(ls_sampler * sampler, ls_context * context, int32_t i, ls_error * error) {
    return ls::barrier(error, (llama_token) LS_FAILED, [&] {
        return sampler->sample(context->logits(i));
    });
}

llama_token ls_sampler_sample_logits(ls_sampler * sampler, const float * logits, ls_error * error) {
    return ls::barrier(error, (llama_token) LS_FAILED, [&] { return sampler->sample(logits); });
}
