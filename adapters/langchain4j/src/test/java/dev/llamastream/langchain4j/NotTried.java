package dev.llamastream.langchain4j;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * The tests of LangChain4j that are not tried, and why. They are left out before anything runs, so
 * whatever else is skipped is an error.
 */
public final class NotTried implements PostDiscoveryFilter {

  private static final Map<String, String> REASONS = new HashMap<>();

  static {
    because(
        "a generator has one model, and a request cannot choose another",
        "should_respect_modelName_in_chat_request",
        "should_respect_modelName_in_default_model_parameters");
    because(
        "the library cannot read images yet",
        "should_accept_single_image_as_base64_encoded_string",
        "should_accept_multiple_images_as_base64_encoded_strings",
        "should_accept_single_image_as_public_URL",
        "should_accept_multiple_images_as_public_URLs",
        "should_execute_tool_returning_Image",
        "should_execute_tool_returning_ImageContent",
        "should_execute_tool_returning_ContentList",
        "should_embed_image",
        "should_embed_interleaved_text_and_image");
    because(
        "an embedder knows neither other dimensions than the model's nor a kind of input",
        "should_respect_dimensions_parameter",
        "should_embed_query_and_document_differently");
    because(
        "the model can do what it would have to refuse",
        "should_fail_if_maxOutputTokens_parameter_is_not_supported",
        "should_fail_if_stopSequences_parameter_is_not_supported",
        "should_fail_if_tools_are_not_supported",
        "should_fail_if_tool_choice_REQUIRED_is_not_supported",
        "should_fail_if_JSON_response_format_is_not_supported",
        "should_fail_if_JSON_response_format_with_schema_is_not_supported");
    because(
        "SmolLM2 with 135M parameters knows no German, and soon forgets what was said",
        "SmolLm2ChatModelTest#should_respect_system_message",
        "SmolLm2ChatModelTest#should_respect_multiple_messages");
    because(
        "SmolLM2 with 135M parameters calls no tool unless it must, and then with other arguments",
        "SmolLm2ChatModelTest#should_execute_a_tool_then_answer",
        "SmolLm2ChatModelTest#should_execute_a_tool_without_arguments_then_answer",
        "SmolLm2ChatModelTest#should_execute_multiple_tools_in_parallel_then_answer",
        "SmolLm2ChatModelTest#should_execute_a_tool_then_answer_respecting_JSON_response_format_with_schema",
        "SmolLm2ChatModelTest#should_force_LLM_to_execute_specific_tool");
    because(
        "SmolLM2 with 135M parameters writes other JSON, without a schema",
        "SmolLm2ChatModelTest#should_respect_JSON_response_format");
  }

  private static void because(String reason, String... tests) {
    for (String test : tests) {
      REASONS.put(test, reason);
    }
  }

  @Override
  public FilterResult apply(TestDescriptor test) {
    Optional<String> reason =
        test.getSource()
            .filter(MethodSource.class::isInstance)
            .map(MethodSource.class::cast)
            .map(NotTried::reason);
    return reason.map(FilterResult::excluded).orElseGet(() -> FilterResult.included("tried"));
  }

  private static String reason(MethodSource test) {
    String type = test.getClassName().replaceFirst(".*\\.", "");
    return REASONS.getOrDefault(
        test.getMethodName(), REASONS.get(type + "#" + test.getMethodName()));
  }
}
