package dev.llamastream.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** What docs/frameworks.md shows. */
final class PageSnippet {

  private PageSnippet() {}

  interface Assistant {
    TokenStream chat(String question);
  }

  static final class Weather {
    @Tool("The weather in a city")
    String weather(@P(name = "city", description = "Its name") String city) {
      return "sunny in " + city + ", 21 °C";
    }
  }

  static void ask(Path path) throws InterruptedException {
    try (Model model = Model.load(path);
        Engine engine = Engine.open(model)) {
      var chat = LlamaStreamingChatModel.builder().generator(engine).maxOutputTokens(200).build();
      var assistant =
          AiServices.builder(Assistant.class).streamingChatModel(chat).tools(new Weather()).build();
      var end = new CountDownLatch(1);
      assistant
          .chat("What is the weather in Rome?")
          .onPartialResponse(System.out::print)
          .onCompleteResponse(_ -> end.countDown())
          .onError(_ -> end.countDown())
          .start();
      end.await();
    }
  }
}
