import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.EmbedderParams;
import dev.llamastream.Model;
import dev.llamastream.TokenStream;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Embeddings alone, a stream alone, and both at once on one model. Prints texts per second for
 * short texts and for long ones, and tokens per second of the stream.
 *
 * <p>Arguments: model, threads (0 lets the library choose), seconds for each part.
 */
class Embeddings {

  private static final List<String> SHORT = texts(16, 8);
  private static final List<String> LONG = texts(2, 100);

  public static void main(String[] args) throws InterruptedException {
    int threads = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    ContextParams context =
        ContextParams.builder().contextSize(4096).threads(threads).batchThreads(threads).build();
    try (Model model = Model.load(Path.of(args[0]));
        Embedder embedder =
            Embedder.open(model, EmbedderParams.builder().threads(threads).build());
        Engine engine = Engine.open(model, EngineParams.builder().context(context).build())) {
      print("short texts alone", texts(embedder, SHORT, seconds));
      print("long texts alone", texts(embedder, LONG, seconds));
      print("a stream alone", tokens(engine, seconds));
      beside(embedder, engine, SHORT, seconds, "short texts");
      beside(embedder, engine, LONG, seconds, "long texts");
    }
  }

  private static void beside(
      Embedder embedder, Engine engine, List<String> texts, double seconds, String name)
      throws InterruptedException {
    double[] speed = new double[1];
    Thread embedding = Thread.ofPlatform().start(() -> speed[0] = texts(embedder, texts, seconds));
    double tokens = tokens(engine, seconds);
    embedding.join();
    print("a stream beside " + name, tokens);
    print(name + " beside a stream", speed[0]);
  }

  private static double texts(Embedder embedder, List<String> texts, double seconds) {
    embedder.embed(texts.subList(0, 1));
    long start = System.nanoTime();
    int count = 0;
    do {
      count += embedder.embed(texts).size();
    } while (since(start) < seconds);
    return count / since(start);
  }

  private static double tokens(Engine engine, double seconds) {
    int count = 0;
    try (TokenStream stream = engine.generateStream("The future of AI is", 3_000)) {
      stream.next();
      long start = System.nanoTime();
      while (since(start) < seconds && stream.hasNext()) {
        stream.next();
        count++;
      }
      return count / since(start);
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void print(String what, double perSecond) {
    System.out.printf(Locale.ROOT, "%-28s %8.1f/s%n", what, perSecond);
  }

  private static List<String> texts(int count, int words) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("Document " + i + ":");
      for (int k = 0; k < words; k++) {
        text.append(k % 3 == 0 ? " light" : k % 3 == 1 ? " scatters" : " widely");
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
