package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Asks {@link CountingModel}s at random, checks each piece of the answers, stalls, and leaves. */
final class LoadClient {

  private static final int NEVER = Integer.MAX_VALUE;
  private static final int SMALL_BUFFER = 4096;
  private static final int MAX_STALL_MILLIS = 2_000;
  private static final int MAX_WAIT_MILLIS = 200;

  private final int port;
  private final List<CountingModel> models;
  private final Random random;
  private final LoadCounts counts;
  private @Nullable RawHttp connection;
  private String asked = "";

  LoadClient(int port, List<CountingModel> models, Random random, LoadCounts counts) {
    this.port = port;
    this.models = models;
    this.random = random;
    this.counts = counts;
  }

  /** Asks until this time, reads the last answer, and leaves. */
  void run(long deadline) throws IOException, InterruptedException {
    while (System.nanoTime() < deadline) {
      try {
        ask(models.get(random.nextInt(models.size())));
      } catch (RefusedException e) {
        counts.refused().increment();
        leave();
        Thread.sleep(e.retryAfter() * 1_000L);
      } catch (IOException | AssertionError e) {
        throw new AssertionError(asked + ": " + e, e);
      }
    }
    leave();
  }

  private void ask(CountingModel model) throws IOException, RefusedException, InterruptedException {
    if (random.nextInt(20) == 0) {
      embed(model);
    } else {
      AnswerForm[] forms = AnswerForm.values();
      generate(model, forms[random.nextInt(forms.length)]);
    }
  }

  private void embed(CountingModel model) throws IOException, RefusedException {
    int number = random.nextInt(model.tokens());
    String request =
        String.format(
            Locale.ROOT, "{\"model\": \"%s\", \"input\": [%d]}", model.name(), model.token(number));
    asked = "EMBEDDING " + request;
    String body = JsonPieces.served(connect().post("/v1/embeddings", request)).body();
    JsonNode vector = new JsonMapper().readTree(body).at("/data/0/embedding");
    assertThat(vector).hasSize(model.dimensions());
    for (int i = 0; i < vector.size(); i++) {
      assertThat(vector.get(i).asDouble()).isEqualTo(i == model.embeddedAt(number) ? 1 : 0);
    }
    counts.embedded().increment();
  }

  private void generate(CountingModel model, AnswerForm form)
      throws IOException, RefusedException, InterruptedException {
    int from = form.takesPrompt() ? random.nextInt(model.tokens()) : 0;
    int maxTokens = 1 + random.nextInt(model.tokens());
    String request = form.request(model, random.nextInt(200), from, maxTokens);
    asked = form + " " + request;
    String expected = model.text(from, maxTokens);
    int stallAt = oneIn(6, form.isWhole() ? 1 : 100);
    int killAt = oneIn(5, form.isWhole() ? 1 : 60);
    JsonPieces pieces = form.send(connect(), request);
    StringBuilder text = new StringBuilder();
    String end = "";
    for (int i = 0; ; i++) {
      if (i == stallAt) {
        Thread.sleep(random.nextInt(MAX_STALL_MILLIS));
        counts.stalled().increment();
      }
      if (i == killAt) {
        Thread.sleep(random.nextInt(MAX_WAIT_MILLIS));
        leave();
        counts.killed().increment();
        return;
      }
      JsonNode piece = pieces.next();
      if (piece == null) {
        break;
      }
      text.append(form.text(piece));
      end += form.end(piece);
      assertThat(expected).startsWith(text);
    }
    assertThat(text).hasToString(expected);
    assertThat(end).isEqualTo(model.ends(from, maxTokens) ? "end" : "limit");
    counts.whole().increment();
    counts.tokens().add(Math.min(maxTokens, model.tokens() - from));
    if (!form.keepsConnection() || random.nextBoolean()) {
      leave();
    }
  }

  /** Once in so many times, something less than the bound. */
  private int oneIn(int times, int bound) {
    return random.nextInt(times) == 0 ? random.nextInt(bound) : NEVER;
  }

  private RawHttp connect() throws IOException {
    if (connection == null) {
      connection = RawHttp.connect(port, random.nextBoolean() ? SMALL_BUFFER : 0);
    }
    return connection;
  }

  private void leave() throws IOException {
    if (connection != null) {
      if (random.nextBoolean()) {
        connection.reset();
      } else {
        connection.close();
      }
      connection = null;
    }
  }
}
