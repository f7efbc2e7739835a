import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import java.nio.file.Path;

/** A small application: loads a model, prints one token, and ends. For start.sh. */
class FirstToken {
  public static void main(String[] args) {
    GenerationRequest request = GenerationRequest.builder("Hi").maxTokens(1).build();
    try (Model model = Model.load(Path.of(args[0]));
        Context context = new Context(model, ContextParams.defaults());
        MeteredStream stream = context.streamWithStats(request)) {
      System.out.println(stream.next());
    }
  }
}
