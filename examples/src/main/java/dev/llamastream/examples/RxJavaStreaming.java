package dev.llamastream.examples;

import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.Engine;
import io.reactivex.rxjava3.core.Flowable;
import org.reactivestreams.FlowAdapters;

/** An answer as a {@code Flowable} of RxJava. It needs no adapter of ours. */
public final class RxJavaStreaming {

  private RxJavaStreaming() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    ChatRequest request =
        ChatRequest.builder(ChatMessage.user("Why is the sky blue?"))
            .maxTokens(2000)
            .sampler(SamplerParams.greedy())
            .build();
    try (Model model = Model.load(ModelFile.of(args));
        Engine engine = Engine.open(model)) {
      Flowable<ChatDelta> answer =
          Flowable.fromPublisher(FlowAdapters.toPublisher(engine.publisher(request)));
      answer
          // Asks for 8 deltas at a time: the engine parks a stream that is not asked
          .rebatchRequests(8)
          .ofType(ChatDelta.Text.class)
          .map(ChatDelta.Text::text)
          // Cancels after the first sentence, which ends the generation before its next token
          .takeUntil((String text) -> text.contains("."))
          .blockingForEach(System.out::print);
      System.out.println();
      System.out.println("[" + engine.snapshot().running() + " streams are running]");
    }
  }
}
