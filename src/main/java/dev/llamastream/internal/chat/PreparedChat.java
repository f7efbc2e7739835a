package dev.llamastream.internal.chat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.GenerationRequest;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.ffm.ChatRules;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.Vocab;
import dev.llamastream.internal.grammar.GrammarCheck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A chat that was made a generation.
 *
 * @param request the prompt as tokens, and the limits
 * @param rules what the answer obeys, with the parser of the answer
 */
public record PreparedChat(GenerationRequest request, ChatRules rules) {

  /**
   * Prepares a chat. The caller holds a lease of the model.
   *
   * @param room the maximum number of tokens of the prompt
   * @throws ChatTemplateException if the model has no template, or it refuses the messages
   * @throws PromptTooLongException if the prompt has more tokens
   * @throws java.util.concurrent.CancellationException if the caller is interrupted or times out
   */
  public static PreparedChat of(ChatRequest request, ModelHandle model, int room) {
    ChatFormat format = format(request, model);
    boolean prepared = false;
    try {
      GrammarCheck.check(format.grammar());
      PreparedChat chat = of(request, format, model.vocab(), room);
      prepared = true;
      return chat;
    } finally {
      if (!prepared) {
        format.free();
      }
    }
  }

  /** The prompt of a chat, as text. The caller holds a lease of the model. */
  public static String prompt(ChatRequest request, ModelHandle model) {
    ChatFormat format = format(request, model);
    try {
      return format.prompt();
    } finally {
      format.free();
    }
  }

  /** The prompt of a chat, as tokens. The caller holds a lease of the model. */
  public static int[] tokens(ChatRequest request, ModelHandle model) {
    ChatFormat format = format(request, model);
    try {
      return tokens(request, format, model.vocab(), Integer.MAX_VALUE);
    } finally {
      format.free();
    }
  }

  private static int[] tokens(ChatRequest request, ChatFormat format, Vocab vocab, int room) {
    return vocab.tokenize(format.prompt(), format.protectedBytes(), room, request.timeout());
  }

  private static ChatFormat format(ChatRequest request, ModelHandle model) {
    return model
        .chatTemplates()
        .apply(
            request.template(),
            RequestJson.of(request),
            request.trustSpecialTokens(),
            request.now().map(Instant::getEpochSecond).orElse(0L),
            request.timeout());
  }

  private static PreparedChat of(ChatRequest request, ChatFormat format, Vocab vocab, int room) {
    List<String> stops = new ArrayList<>(request.stopSequences());
    stops.addAll(format.stops());
    GenerationRequest generation =
        GenerationRequest.builder(tokens(request, format, vocab, room))
            .maxTokens(request.maxTokens())
            .sampler(request.sampler())
            .stopSequences(stops)
            .timeout(request.timeout())
            .reusePrefix(request.reusePrefix())
            .logprobs(request.logprobs())
            .topLogprobs(request.topLogprobs())
            .priority(request.priority())
            .speculation(request.speculation())
            .build();
    return new PreparedChat(
        generation, new ChatRules(format, request.thinkingBudget(), shown(format, vocab)));
  }

  private static Set<Integer> shown(ChatFormat format, Vocab vocab) {
    Set<Integer> shown = new HashSet<>();
    for (String text : format.preservedTokens()) {
      int[] tokens = vocab.tokenize(text, false, true);
      if (tokens.length == 1) {
        shown.add(tokens[0]);
      }
    }
    return shown;
  }
}
