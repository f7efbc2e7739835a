package dev.llamastream.examples;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.engine.Engine;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/** A stream as a {@code Flux} of Project Reactor. It needs no adapter of ours. */
public final class ReactorStreaming {

  private ReactorStreaming() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "Once upon a time";
    GenerationRequest request =
        GenerationRequest.builder(prompt).maxTokens(2000).sampler(SamplerParams.greedy()).build();
    try (Model model = Model.load(ModelFile.of(args));
        Engine engine = Engine.open(model)) {
      System.out.print(prompt);
      Flux<Token> tokens =
          JdkFlowAdapter.flowPublisherToFlux(engine.publisher(request))
              // Asks for 8 tokens at a time: the engine parks a stream that is not asked
              .limitRate(8)
              // Cancels, which ends the generation before its next token
              .take(20);
      tokens.map(Token::text).doOnNext(System.out::print).blockLast();
      System.out.println();
      System.out.println("[" + engine.snapshot().running() + " streams are running]");
    }
  }
}
