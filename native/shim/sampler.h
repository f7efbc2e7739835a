#pragma once

#include <memory>

#include "llama.h"

namespace ls {

struct sampler_deleter {
    void operator()(llama_sampler * s) const { llama_sampler_free(s); }
};
using sampler_ptr = std::unique_ptr<llama_sampler, sampler_deleter>;

}  // namespace ls
