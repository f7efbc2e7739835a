package dev.llamastream.server.internal.openai;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.SchemaFields;
import dev.llamastream.server.internal.json.Seeds;
import java.util.List;
import java.util.Set;

/**
 * A request for a response that was read.
 *
 * @param stream whether to respond with events
 * @param settings what the response repeats of the request
 */
record ResponsesRequest(ChatRequest chat, boolean stream, ResponseSettings settings) {

  private static final int MAX_TOP_LOGPROBS = 100;
  private static final String LOGPROBS = "message.output_text.logprobs";

  /** All but the first belong to tools that do not run here, or are always included. */
  private static final Set<String> INCLUDABLE =
      Set.of(
          LOGPROBS,
          "code_interpreter_call.outputs",
          "computer_call_output.output.image_url",
          "file_search_call.results",
          "message.input_image.image_url",
          "reasoning.encrypted_content",
          "web_search_call.action.sources",
          "web_search_call.results");

  /**
   * Reads all fields.
   *
   * @throws ApiError 400 for a value of a wrong type or out of its range, and for a field that asks
   *     for an unsupported feature
   */
  static ResponsesRequest read(Request request) {
    RequestJson json = request.json();
    Defaults defaults = request.defaults();
    request.requireChatTemplate();
    requireNoState(json, "previous_response_id");
    requireNoState(json, "conversation");
    ChatRequest.Builder chat =
        ChatRequest.builder(InputItems.read(json, defaults.systemMessage()))
            .template(defaults.chatTemplate())
            .parallelToolCalls(json.bool("parallel_tool_calls", true));
    json.called("messages", "input");
    json.called("prompt", "input");
    ResponsesTools.read(json, chat);
    readFormat(json.object("text").object("format"), chat);
    readReasoning(json, chat);
    readLogprobs(json, chat);
    SamplerParams sampler =
        SamplerFields.read(json, defaults.sampler())
            .seed(Seeds.of(json.integer("seed", defaults.sampler().seed()), 0))
            .build();
    chat.sampler(sampler)
        .maxTokens(
            json.count(
                json.called("maxTokens", "max_output_tokens"),
                defaults.maxTokensOr(Integer.MAX_VALUE),
                Integer.MAX_VALUE))
        .stopSequences(GenerationFields.stops(json, defaults))
        .reusePrefix(json.bool("cache_prompt", true));
    json.text("model", "");
    boolean stream = json.bool("stream", false);
    if (json.has("stream_options") && !stream) {
      throw json.error("stream_options", "only where stream is true");
    }
    json.object("stream_options").bool("include_obfuscation", false);
    ResponseSettings settings = ResponseSettings.of(json, sampler);
    OtherFields.check(json);
    return new ResponsesRequest(chat.build(), stream, settings);
  }

  private static void requireNoState(RequestJson json, String field) {
    if (json.has(field)) {
      throw json.error(
          field,
          "not supported: this server keeps no responses. Send the whole conversation as input");
    }
  }

  private static void readFormat(RequestJson format, ChatRequest.Builder chat) {
    switch (format.text("type", "text")) {
      case "text" -> {}
      case "json_object" -> {
        format.called("responseJson", "type");
        chat.responseJson(true);
      }
      case "json_schema" -> chat.responseSchema(SchemaFields.named(format));
      default -> throw format.error("type", "must be text, json_object or json_schema");
    }
  }

  private static void readReasoning(RequestJson json, ChatRequest.Builder chat) {
    RequestJson reasoning = json.object("reasoning");
    // the response has the whole reasoning, which is more than any summary
    reasoning.text("summary", "");
    reasoning.text("generate_summary", "");
    ChatFields.templateArguments(json, reasoning.text("effort", ""), chat);
    String budget = json.either("thinking_budget_tokens", "reasoning_budget");
    chat.thinkingBudget(json.integer(json.called("thinkingBudget", budget), -1));
  }

  private static void readLogprobs(RequestJson json, ChatRequest.Builder chat) {
    List<String> include = json.texts("include");
    for (String part : include) {
      if (!INCLUDABLE.contains(part)) {
        throw json.error("include", "has an unknown part");
      }
    }
    int top = json.integer("top_logprobs", 0, 0, MAX_TOP_LOGPROBS);
    boolean logprobs = top > 0 || include.contains(LOGPROBS);
    chat.logprobs(logprobs).collectTokens(logprobs).topLogprobs(top);
  }
}
