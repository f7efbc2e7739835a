// A DRY sampler that streams copy.
#pragma once

#include "llama.h"

struct ls_dry {
    llama_sampler * sampler = nullptr;

    ls_dry() = default;
    ls_dry(const ls_dry &) = delete;
    ~ls_dry() { llama_sampler_free(sampler); }
};
