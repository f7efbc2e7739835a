package dev.llamastream.server.internal.ollama;

import dev.llamastream.GenerationRequest;
import dev.llamastream.SamplerParams;
import dev.llamastream.Tokenizer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.JsonSchema;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.TokenIds;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStreams;
import dev.llamastream.server.internal.streams.ServedText;
import java.util.List;

/**
 * {@code /api/generate}: an answer to one message. With {@code raw}, and where the model has no
 * chat template, a text that continues the prompt.
 */
final class GenerateHandler implements Handler {

  /**
   * The prompt of a request.
   *
   * @param suffix the text after the gap that the model fills in; empty for none
   * @param context the token ids of the conversation that it continues; empty for none
   */
  private record Wanted(
      String prompt, String suffix, boolean raw, String system, List<Integer> context) {}

  @Override
  public void handle(Request request) {
    RequestJson json = request.json();
    CommonFields asked = CommonFields.read(request);
    Wanted wanted = read(request, asked);
    if (wanted.prompt.isEmpty()) {
      Options.read(request, true);
      OtherFields.check(json);
      AnswerWriter.replyWithout(request, asked, Shape.GENERATE);
    } else if (!wanted.suffix.isEmpty()) {
      fillIn(request, asked, wanted);
    } else if (wanted.raw || request.chatTemplate().isEmpty()) {
      continueText(request, asked, wanted);
    } else {
      answer(request, asked, wanted);
    }
  }

  private static Wanted read(Request request, CommonFields asked) {
    RequestJson json = request.json();
    boolean raw = json.bool("raw", false);
    Wanted wanted =
        new Wanted(
            json.text(json.called("prompt", "prompt"), ""),
            json.text("suffix", ""),
            raw,
            json.text("system", raw ? "" : request.defaults().systemMessage()),
            TokenIds.read(json, "context"));
    if (raw && (!wanted.system.isEmpty() || !wanted.context.isEmpty())) {
      throw ApiError.badRequest("raw mode does not support template, system, or context");
    }
    if (raw && asked.think().asked()) {
      throw json.error("think", "not in raw mode, where the prompt decides");
    }
    return wanted;
  }

  private static void continueText(Request request, CommonFields asked, Wanted wanted) {
    if (!wanted.raw && request.json().has("system") && !wanted.system.isEmpty()) {
      throw request.json().error("system", "not supported: this model has no chat template");
    }
    Tokenizer tokenizer = request.model().tokenizer();
    boolean first = wanted.context.isEmpty();
    ContextTokens context =
        wanted.raw
            ? ContextTokens.NONE
            : ContextTokens.after(
                wanted.context, () -> tokenizer.encode(wanted.prompt, first, false));
    give(request, asked, context, first ? GenerationRequest.builder(wanted.prompt) : of(context));
  }

  /** Fills in what is between the prompt and the suffix, with the model's FIM tokens. */
  private static void fillIn(Request request, CommonFields asked, Wanted wanted) {
    if (request.json().has("system") && !wanted.system.isEmpty()) {
      throw request.json().error("system", "not together with suffix");
    }
    if (!wanted.context.isEmpty()) {
      throw request.json().error("context", "not together with suffix");
    }
    Tokenizer tokenizer = request.model().tokenizer();
    if (!tokenizer.fimTokens().canFillIn()) {
      throw ApiError.refused(
          400, "invalid_value", Json.quote(asked.model()) + " does not support insert");
    }
    int[] prompt =
        tokenizer.fillInMiddle(
            tokenizer.encode(wanted.prompt, false, false),
            tokenizer.encode(wanted.suffix, false, false));
    give(request, asked, ContextTokens.NONE, GenerationRequest.builder(prompt));
  }

  private static void answer(Request request, CommonFields asked, Wanted wanted) {
    ChatMessage user = ChatMessage.user(wanted.prompt);
    ChatRequest.Builder chat =
        ChatRequest.builder(
            wanted.system.isEmpty()
                ? List.of(user)
                : List.of(ChatMessage.system(wanted.system), user));
    ChatHandler.chat(request, asked, chat, asked.schema().isEmpty());
    chat.collectTokens(true);
    OtherFields.check(request.json());
    ChatRequest built = chat.build();
    boolean first = wanted.context.isEmpty();
    ContextTokens context =
        ContextTokens.after(wanted.context, () -> PromptTokens.of(request.model(), built, first));
    if (!first) {
      give(request, asked, context, of(context));
      return;
    }
    try (ServedChat answer = request.openChat(built)) {
      new AnswerWriter(request, asked, Shape.GENERATE, context).give(Pieces.of(answer));
    }
  }

  private static GenerationRequest.Builder of(ContextTokens context) {
    return GenerationRequest.builder(context.prompt());
  }

  private static void give(
      Request request, CommonFields asked, ContextTokens context, GenerationRequest.Builder text) {
    Options options = Options.read(request, asked.schema().isEmpty());
    OtherFields.check(request.json());
    SamplerParams sampler = options.sampler();
    if (!asked.schema().isEmpty()) {
      if (!sampler.grammar().isEmpty()) {
        throw request.json().error("format", "not together with options.grammar");
      }
      sampler = sampler.toBuilder().grammar(JsonSchema.toGrammar(asked.schema())).build();
    }
    text.sampler(sampler)
        .maxTokens(options.maxTokens())
        .stopSequences(options.stops())
        .logprobs(asked.logprobs())
        .topLogprobs(Math.max(0, asked.top()));
    try (ServedStreams<ServedText> streams = request.openAll(List.of(text.build()))) {
      new AnswerWriter(request, asked, Shape.GENERATE, context).give(Pieces.of(streams.get(0)));
    }
  }
}
