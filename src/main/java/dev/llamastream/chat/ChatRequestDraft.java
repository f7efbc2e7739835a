package dev.llamastream.chat;

import dev.llamastream.SamplerParams;
import dev.llamastream.Speculation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values that a {@link ChatRequest.Builder} has so far, at first the defaults. Unchecked. */
final class ChatRequestDraft {

  List<ChatMessage> messages;
  List<Tool> tools = List.of();
  ToolChoice toolChoice = ToolChoice.AUTO;
  boolean parallelToolCalls;
  String responseSchema = "";
  boolean responseJson;
  boolean thinking = true;
  int thinkingBudget = -1;
  String template = "";
  Map<String, String> templateArguments = Map.of();
  boolean trustSpecialTokens;
  boolean continueLast;
  boolean addGenerationPrompt = true;
  Optional<Instant> now = Optional.empty();
  int maxTokens = Integer.MAX_VALUE;
  SamplerParams sampler = SamplerParams.defaults();
  List<String> stopSequences = List.of();
  Duration timeout = Duration.ZERO;
  boolean reusePrefix = true;
  boolean logprobs;
  int topLogprobs;
  boolean collectTokens;
  int priority;
  Speculation speculation = Speculation.none();

  ChatRequestDraft(List<ChatMessage> messages) {
    this.messages = messages;
  }

  /** A draft of these values. */
  static ChatRequestDraft of(ChatRequestValues values) {
    ChatRequestDraft draft = new ChatRequestDraft(values.messages());
    draft.tools = values.tools();
    draft.toolChoice = values.toolChoice();
    draft.parallelToolCalls = values.parallelToolCalls();
    draft.responseSchema = values.responseSchema();
    draft.responseJson = values.responseJson();
    draft.thinking = values.thinking();
    draft.thinkingBudget = values.thinkingBudget();
    draft.template = values.template();
    draft.templateArguments = values.templateArguments();
    draft.trustSpecialTokens = values.trustSpecialTokens();
    draft.continueLast = values.continueLast();
    draft.addGenerationPrompt = values.addGenerationPrompt();
    draft.now = values.now();
    draft.maxTokens = values.maxTokens();
    draft.sampler = values.sampler();
    draft.stopSequences = values.stopSequences();
    draft.timeout = values.timeout();
    draft.reusePrefix = values.reusePrefix();
    draft.logprobs = values.logprobs();
    draft.topLogprobs = values.topLogprobs();
    draft.collectTokens = values.collectTokens();
    draft.priority = values.priority();
    draft.speculation = values.speculation();
    return draft;
  }

  /** The values, checked. */
  ChatRequestValues values() {
    return new ChatRequestValues(
        messages,
        tools,
        toolChoice,
        parallelToolCalls,
        responseSchema,
        responseJson,
        thinking,
        thinkingBudget,
        template,
        templateArguments,
        trustSpecialTokens,
        continueLast,
        addGenerationPrompt,
        now,
        maxTokens,
        sampler,
        stopSequences,
        timeout,
        reusePrefix,
        logprobs,
        topLogprobs,
        collectTokens,
        priority,
        speculation);
  }
}
