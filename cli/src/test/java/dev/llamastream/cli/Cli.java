package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Stream;

/** What one call of the command did. */
record Cli(int status, String out, String err) {

  static final String MODEL = System.getProperty("llamastream.test.model");

  static Cli call(String... arguments) {
    return callWithInput("", arguments);
  }

  static Cli callWithInput(String input, String... arguments) {
    return callWithInput(input.getBytes(UTF_8), arguments);
  }

  static Cli callWithInput(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = Main.execute(new ByteArrayInputStream(input), out, err, arguments);
    return new Cli(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** {@code run} with the test's model, always the most probable token. */
  static Cli greedy(String... arguments) {
    return call(greedyArguments(arguments));
  }

  static String[] greedyArguments(String... arguments) {
    return Stream.concat(
            Stream.of("run", "--model", MODEL, "--temp", "0"), List.of(arguments).stream())
        .toArray(String[]::new);
  }
}
