import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.TokenStream;
import java.nio.file.Path;

/** A small application: loads a model, prints one token, and ends. For bench/start.sh. */
public class FirstToken {
  public static void main(String[] arguments) {
    try (Model model = Model.load(Path.of(arguments[0]));
        Context context = new Context(model, ContextParams.defaults());
        TokenStream stream = context.stream(GenerationRequest.builder("Hi").maxTokens(1).build())) {
      System.out.println(stream.next());
    }
  }
}
