package dev.llamastream.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** LangChain4j's requests as llamastream's. */
final class Requests {

  private Requests() {}

  /**
   * Converts a request.
   *
   * @throws UnsupportedFeatureException if it asks for what llamastream cannot do
   * @throws dev.langchain4j.exception.InvalidRequestException if a value is wrong
   */
  static dev.llamastream.chat.ChatRequest of(ChatRequest request, ChatSettings settings) {
    ChatRequestParameters parameters = request.parameters();
    checkModelName(parameters, settings.modelName());
    try {
      dev.llamastream.chat.ChatRequest.Builder builder =
          dev.llamastream.chat.ChatRequest.builder(
                  Messages.of(request.messages(), settings.sendThinking()))
              .sampler(sampler(parameters))
              .stopSequences(parameters.stopSequences());
      Optional.ofNullable(parameters.maxOutputTokens()).ifPresent(builder::maxTokens);
      if (parameters instanceof LlamaChatRequestParameters own) {
        Optional.ofNullable(own.thinking()).ifPresent(builder::thinking);
        Optional.ofNullable(own.timeout()).ifPresent(builder::timeout);
      }
      addTools(builder, parameters);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw Failures.of(e);
    }
  }

  /**
   * Checks parameters that are to be the defaults of all requests.
   *
   * @throws UnsupportedFeatureException if they name another model
   * @throws dev.langchain4j.exception.InvalidRequestException if a value is wrong
   */
  static void checkDefaults(ChatRequestParameters parameters, String modelName) {
    checkModelName(parameters, modelName);
    try {
      SamplerParams _ = sampler(parameters);
    } catch (IllegalArgumentException e) {
      throw Failures.of(e);
    }
  }

  private static void checkModelName(ChatRequestParameters parameters, String modelName) {
    String wanted = parameters.modelName();
    if (wanted != null && !wanted.equals(modelName)) {
      throw new UnsupportedFeatureException(
          "modelName \""
              + wanted
              + "\" is not supported: this is \""
              + modelName
              + "\", and a request cannot choose another model");
    }
  }

  private static SamplerParams sampler(ChatRequestParameters parameters) {
    SamplerParams base =
        parameters instanceof LlamaChatRequestParameters own && own.sampler() != null
            ? own.sampler()
            : SamplerParams.defaults();
    SamplerParams.Builder builder = base.toBuilder();
    Optional.ofNullable(parameters.temperature()).ifPresent(builder::temperature);
    Optional.ofNullable(parameters.topP()).ifPresent(builder::topP);
    Optional.ofNullable(parameters.topK()).ifPresent(builder::topK);
    Optional.ofNullable(parameters.frequencyPenalty()).ifPresent(builder::frequencyPenalty);
    Optional.ofNullable(parameters.presencePenalty()).ifPresent(builder::presencePenalty);
    return builder.build();
  }

  private static void addTools(
      dev.llamastream.chat.ChatRequest.Builder builder, ChatRequestParameters parameters) {
    List<Tool> tools = new ArrayList<>();
    for (ToolSpecification tool : parameters.toolSpecifications()) {
      String description = tool.description() == null ? "" : tool.description();
      tools.add(Tool.of(tool.name(), description, JsonSchemas.arguments(tool.parameters())));
    }
    boolean parallel =
        !(parameters instanceof LlamaChatRequestParameters own)
            || !Boolean.FALSE.equals(own.parallelToolCalls());
    builder.parallelToolCalls(parallel).toolChoice(of(parameters.toolChoice()));
    ResponseFormat format = parameters.responseFormat();
    if (format != null && format.type() == ResponseFormatType.JSON) {
      addFormat(builder, format);
    }
    builder.tools(tools);
  }

  private static dev.llamastream.chat.ToolChoice of(@Nullable ToolChoice choice) {
    return switch (choice) {
      case null -> dev.llamastream.chat.ToolChoice.AUTO;
      case AUTO -> dev.llamastream.chat.ToolChoice.AUTO;
      case REQUIRED -> dev.llamastream.chat.ToolChoice.REQUIRED;
      case NONE -> dev.llamastream.chat.ToolChoice.NONE;
    };
  }

  private static void addFormat(
      dev.llamastream.chat.ChatRequest.Builder builder, ResponseFormat format) {
    if (format.jsonSchema() == null) {
      builder.responseJson(true);
    } else {
      builder.responseSchema(JsonSchemas.text(format.jsonSchema().rootElement()));
    }
  }
}
