package dev.llamastream.server.internal.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.NodePackages;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official client of OpenAI's API, in Node.js: {@code src/test/node}. Skipped where there is no
 * npm, but not in CI.
 */
@Timeout(600)
class OfficialClientTest {

  private static final String KEY = "sesame";

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    NodePackages.install();
  }

  private static Process scenario(String name, OpenAiServer server) throws IOException {
    return NodePackages.command("node", "scenarios.mjs", name, server.url(), KEY).start();
  }

  private static void succeed(Process process) throws IOException, InterruptedException {
    try (BufferedReader output = process.inputReader()) {
      String text = String.join("\n", output.lines().toList());
      assertThat(process.waitFor()).as(text).isZero();
    }
  }

  private static void await(String line, Process process) throws IOException {
    BufferedReader output = process.inputReader();
    StringBuilder text = new StringBuilder();
    for (String read = output.readLine(); read != null; read = output.readLine()) {
      if (read.equals(line)) {
        return;
      }
      text.append(read).append('\n');
    }
    throw new AssertionError("never said " + line + ":\n" + text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chat",
        "chatStream",
        "chatRunner",
        "responses",
        "responsesStream",
        "responsesFormat",
        "completion",
        "models",
        "embeddings",
        "badRequest",
        "authentication",
        "notFound"
      })
  void uses(String scenario) throws IOException, InterruptedException {
    try (OpenAiServer server =
        OpenAiServer.saying(params -> params.apiToken(KEY), "Hello", " wor", "ld", "!!", " Bye")) {
      succeed(scenario(scenario, server));
    }
  }

  @Test
  void callsTools() throws IOException, InterruptedException {
    ScriptedModel script =
        ScriptedModel.of(
            "<think>\n",
            "Hm.",
            "</think>\n\n",
            "<tool_call>\n{\"name\": \"get_weather\", ",
            "\"arguments\": {\"city\": ",
            "\"Paris\"}}",
            "\n</tool_call>");
    try (OpenAiServer server =
        OpenAiServer.of(script.gguf().put(ChatTemplate.KEY, ChatTemplate.qwen3()))) {
      succeed(scenario("tools", server));
      succeed(scenario("responsesTools", server));
    }
  }

  @Test
  void abortsInTheMiddle() throws IOException, InterruptedException {
    try (OpenAiServer server = OpenAiServer.endless(params -> params.apiToken(KEY))) {
      Process process = scenario("abort", server);
      await("aborted", process);
      // the client's process is there still: it was the abort that ended the streams
      server.awaitIdle();
      assertThat(process.isAlive()).isTrue();
      process.outputWriter().append("end\n").close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
  }

  @Test
  void seesAFailureInTheMiddle() throws IOException, InterruptedException {
    try (OpenAiServer server = OpenAiServer.endless(params -> params.apiToken(KEY))) {
      Process process = scenario("failure", server);
      await("streaming", process);
      server.server.close(Duration.ZERO);
      succeed(process);
    }
  }
}
