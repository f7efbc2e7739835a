package dev.llamastream.examples;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.TokenStream;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.langchain4j.LlamaStreamingChatModel;
import java.util.concurrent.CompletableFuture;

/** Lets an AI service of LangChain4j call a Java method before it answers. */
public final class AiService {

  private AiService() {}

  /** Where the model can ask about. */
  public enum City {
    /** In Europe. */
    PARIS,
    /** In Asia. */
    TOKYO
  }

  /** The tool. */
  public static final class Cities {

    @Tool(name = "get_weather", value = "The weather in a city")
    String weather(@P(name = "city", description = "The name") City city) {
      return city == City.TOKYO ? "sunny, 21 °C" : "rain, 14 °C";
    }
  }

  /** What LangChain4j implements. */
  interface Assistant {
    @SystemMessage("You report the weather in one short sentence.")
    TokenStream chat(String question);
  }

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String question = "What is the weather in Tokyo?";
    try (Model model = Model.load(ModelFile.of(args));
        Engine engine = Engine.open(model)) {
      Assistant assistant =
          AiServices.builder(Assistant.class)
              .streamingChatModel(
                  LlamaStreamingChatModel.builder()
                      .generator(engine)
                      .temperature(0.0)
                      .maxOutputTokens(100)
                      .parallelToolCalls(false)
                      .build())
              .tools(new Cities())
              // The default model is so small that it would rather guess, or call tools for ever.
              // A model that was trained to use tools needs no transformer.
              .chatRequestTransformer(AiService::toolsFirst)
              .build();
      System.out.println(question);
      CompletableFuture<Void> end = new CompletableFuture<>();
      assistant
          .chat(question)
          .onToolExecuted(
              tool ->
                  System.out.println(
                      "["
                          + tool.request().name()
                          + " "
                          + tool.request().arguments()
                          + " -> "
                          + tool.result()
                          + "]"))
          .onPartialResponse(System.out::print)
          .onCompleteResponse(_ -> end.complete(null))
          .onError(end::completeExceptionally)
          .start();
      end.join();
      System.out.println();
    }
  }

  /** The model must call a tool, and then can call none. */
  private static ChatRequest toolsFirst(ChatRequest request) {
    ChatRequest.Builder messages = ChatRequest.builder().messages(request.messages());
    if (!(request.messages().getLast() instanceof UserMessage)) {
      return messages.build();
    }
    ChatRequestParameters required =
        ChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build();
    return messages.parameters(request.parameters().overrideWith(required)).build();
  }
}
