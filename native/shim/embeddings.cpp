#include "barrier.h"
#include "context.h"

const float * ls_embedding(ls_context * context, ls_error * error) {
    return ls::barrier(error, (const float *) nullptr, [&] {
        const float * embedding = llama_get_embeddings_seq(context->llama, 0);
        if (embedding == nullptr) {
            throw ls::refused("no embedding: nothing was decoded, or without pooling");
        }
        return embedding;
    });
}
