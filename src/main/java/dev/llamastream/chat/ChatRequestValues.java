package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.Speculation;
import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.json.Json;
import dev.llamastream.internal.json.SchemaCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of {@link ChatRequest} and their checks. */
record ChatRequestValues(
    List<ChatMessage> messages,
    List<Tool> tools,
    ToolChoice toolChoice,
    boolean parallelToolCalls,
    String responseSchema,
    boolean responseJson,
    boolean thinking,
    int thinkingBudget,
    String template,
    Map<String, String> templateArguments,
    boolean trustSpecialTokens,
    boolean continueLast,
    boolean addGenerationPrompt,
    Optional<Instant> now,
    int maxTokens,
    SamplerParams sampler,
    List<String> stopSequences,
    Duration timeout,
    boolean reusePrefix,
    boolean logprobs,
    int topLogprobs,
    boolean collectTokens,
    int priority,
    Speculation speculation) {

  private static final int MAX_MESSAGES = 1 << 20;
  private static final int MAX_CHARACTERS = 1 << 26;

  ChatRequestValues {
    messages = Check.listOf("messages", messages);
    Check.range("messages", messages.size(), 1, MAX_MESSAGES);
    long characters = messages.stream().mapToLong(message -> message.text().length()).sum();
    Check.range("messages", "characters", characters, 0, MAX_CHARACTERS);
    tools = Check.listOf("tools", tools);
    Check.range("tools", tools.size(), 0, 1_000);
    checkChoice(tools, requireNonNull(toolChoice, "toolChoice"));
    if (!requireNonNull(responseSchema, "responseSchema").isEmpty()) {
      SchemaCheck.check("responseSchema", TextCheck.check("responseSchema", responseSchema));
      if (responseJson) {
        throw new InvalidValueException("responseJson", "not together with responseSchema");
      }
    }
    requireNonNull(speculation, "speculation");
    requireNonNull(sampler, "sampler");
    if (!sampler.grammar().isEmpty()
        && (responseJson || !responseSchema.isEmpty() || !tools.isEmpty())) {
      throw new InvalidValueException(
          "grammar", "neither together with tools nor with a response schema");
    }
    Check.range("thinkingBudget", thinkingBudget, -1, Integer.MAX_VALUE);
    Check.range("template", "length", requireNonNull(template, "template").length(), 0, 1 << 18);
    TextCheck.check("template", template);
    templateArguments = Map.copyOf(requireNonNull(templateArguments, "templateArguments"));
    templateArguments.forEach(ChatRequestValues::checkArgument);
    requireNonNull(now, "now");
    if (continueLast && messages.getLast().role() != ChatMessage.Role.ASSISTANT) {
      throw new InvalidValueException(
          "continueLast",
          "the last message is from " + messages.getLast().role() + ", must be from ASSISTANT");
    }
    // the limits are those of any generation
    GenerationRequest limits =
        GenerationRequest.builder("")
            .maxTokens(maxTokens)
            .stopSequences(stopSequences)
            .timeout(timeout)
            .topLogprobs(topLogprobs)
            .build();
    stopSequences = limits.stopSequences();
  }

  private static void checkChoice(List<Tool> tools, ToolChoice choice) {
    Set<String> names = new HashSet<>();
    for (Tool tool : tools) {
      if (!names.add(tool.name())) {
        throw new InvalidValueException("tools", "two are named \"" + tool.name() + "\"");
      }
    }
    if (choice instanceof ToolChoice.Named(String name) && !names.contains(name)) {
      throw new InvalidValueException("toolChoice", "no tool is named \"" + name + "\"");
    }
    if (choice.equals(ToolChoice.REQUIRED) && tools.isEmpty()) {
      throw new InvalidValueException("toolChoice", "REQUIRED, but there are no tools");
    }
  }

  private static void checkArgument(String name, String value) {
    TextCheck.check("templateArguments", name);
    try {
      Json.parse(TextCheck.check("templateArguments", value));
    } catch (InvalidValueException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("templateArguments", "\"" + name + "\" is " + e.getMessage());
    }
  }
}
