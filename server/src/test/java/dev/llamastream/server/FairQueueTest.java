package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When streams wait for a slot, a client with many requests delays only itself. */
@Timeout(120)
class FairQueueTest {

  private static final String REQUEST = "{\"prompt\":\"a\",\"max_tokens\":3}";
  private static final String LONGER = "{\"prompt\":\"abcdefghijklm\",\"max_tokens\":3}";
  private static final int FLOOD = 12;

  @Test
  void aSingleRequestGoesBeforeTheManyOfAnotherClient() throws Exception {
    HeldEngine held = new HeldEngine();
    List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onStep(int promptTokens, int streams, Duration elapsed) {
            held.onStep(promptTokens, streams, elapsed);
          }

          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats.promptTokens());
          }
        };
    List<RawHttp> flood = new ArrayList<>();
    try (TestServer server =
            TestServer.start(
                params -> params.slots(1),
                params -> params.apiKeys(List.of("flood", "single")),
                listener);
        RawHttp single = server.connect()) {
      held.hold();
      for (int i = 0; i < FLOOD; i++) {
        RawHttp http = server.connect();
        flood.add(http);
        http.sendPost("/stream", REQUEST, "X-Api-Key: flood");
        int waiting = i;
        TestServer.await(() -> TestServer.total(server.engine.snapshot()) == waiting + 1);
      }
      single.sendPost("/v1/completions", LONGER, "X-Api-Key: single");
      TestServer.await(() -> TestServer.total(server.engine.snapshot()) == FLOOD + 1);
      held.release();

      assertThat(single.head().status()).isEqualTo(200);
      TestServer.await(() -> ended.size() == FLOOD + 1);
      // behind the one that runs, and at most two that came to the same number of tokens
      assertThat(ended.indexOf(Collections.max(ended))).isBetween(1, 3);
    } finally {
      for (RawHttp http : flood) {
        http.close();
      }
    }
  }
}
