package dev.llamastream.examples;

import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.Engine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Prints an answer as the subscriber of a publisher, which asks for one piece after the other. */
public final class PublishedChat {

  private PublishedChat() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    ChatRequest request =
        ChatRequest.builder(ChatMessage.user("Why is the sky blue?"))
            .maxTokens(40)
            .sampler(SamplerParams.greedy())
            .build();
    try (Model model = Model.load(ModelFile.of(args));
        Engine engine = Engine.open(model)) {
      Printer printer = new Printer();
      engine.publisher(request).subscribe(printer);
      printer.end.join();
    }
  }

  private static final class Printer implements Flow.Subscriber<ChatDelta> {
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @SuppressWarnings("NullAway.Init") // onSubscribe comes first
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription started) {
      subscription = started;
      subscription.request(1);
    }

    @Override
    public void onNext(ChatDelta delta) {
      if (delta instanceof ChatDelta.Text(String text)) {
        System.out.print(text);
        System.out.flush();
      }
      // Until it asks again, the engine runs at most 32 tokens ahead
      subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      System.out.println();
      end.complete(null);
    }
  }
}
