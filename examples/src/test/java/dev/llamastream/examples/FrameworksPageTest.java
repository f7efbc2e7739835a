package dev.llamastream.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The programs in docs/frameworks.md are parts of files that are compiled, with their names. */
class FrameworksPageTest {

  private static final Path PAGE = Path.of("..", "docs", "frameworks.md");
  private static final Pattern PROGRAM =
      Pattern.compile("\\((\\.\\./[^)]+)\\):\\n\\n```(?:java|kotlin)\\n(.*?)```", Pattern.DOTALL);

  private static List<MatchResult> programs() throws IOException {
    return PROGRAM.matcher(Files.readString(PAGE)).results().toList();
  }

  @TestFactory
  List<DynamicTest> areInTheFilesThatTheyName() throws IOException {
    return programs().stream()
        .map(
            program ->
                DynamicTest.dynamicTest(
                    program.group(1),
                    () -> {
                      Path file = PAGE.resolveSibling(program.group(1));
                      assertThat(unindented(Files.readString(file)))
                          .contains(unindented(program.group(2)));
                    }))
        .toList();
  }

  /** Otherwise a program without a file could stand there. */
  @Test
  void eachProgramNamesAFile() throws IOException {
    long all =
        Pattern.compile("```(java|kotlin)\\n").matcher(Files.readString(PAGE)).results().count();
    assertThat(programs()).hasSize((int) all).hasSizeGreaterThan(5);
  }

  private static String unindented(String text) {
    return text.replaceAll("(?m)^ +", "");
  }
}
