package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.InvalidValueException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Thousands of names from a seed: what is accepted has a canonical form. */
class ModelNameRoundTripTest {

  private static final String[] PIECES = {
    "hf:",
    "HF:",
    "ollama:",
    "hf.co/",
    "https://huggingface.co/",
    "https://",
    "http://localhost/",
    "owner",
    "repo",
    "Q4_K_M",
    "latest",
    "main",
    "resolve/main/",
    "blob/",
    "tree/",
    "model",
    "1b",
    ".gguf",
    ".GGUF",
    "/",
    "/",
    "/",
    "\\",
    ":",
    ":",
    "@",
    "@",
    ".",
    "..",
    "~",
    "~/",
    "-",
    "_",
    "--",
    " ",
    "%2e",
    "%2F",
    "%20",
    "?download=true",
    "#",
    "a",
    "B",
    "9",
    "é",
    "\u0430",
    "\u001b",
    "[::1]",
    "refs/pr/1",
    "example.com",
    "C:"
  };

  @Test
  void theCanonicalFormOfWhateverIsAcceptedParsesToAnEqualName() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20250601);
    Map<Class<?>, Integer> accepted = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(1, 9);
      for (int j = 0; j < pieces; j++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      String name = text.toString();
      try {
        ModelName parsed = ModelName.parse(name);
        String canonical = parsed.toString();
        ModelName again = ModelName.parse(canonical);
        assertThat(again).as("%s, canonical %s", name, canonical).isEqualTo(parsed);
        assertThat(again).hasToString(canonical);
        accepted.merge(parsed.getClass(), 1, Integer::sum);
      } catch (InvalidValueException e) {
        assertThat(e.field()).isEqualTo("name");
      }
    }
    assertThat(accepted.keySet())
        .contains(
            ModelName.LocalFile.class,
            ModelName.HuggingFace.class,
            ModelName.Ollama.class,
            ModelName.Url.class,
            ModelName.Alias.class);
  }

  @Test
  void everyPathHasACanonicalForm() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20250602);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("x");
      int pieces = random.nextInt(1, 6);
      for (int j = 0; j < pieces; j++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      Path path = Path.of(text.substring(1));
      if (!path.toString().isEmpty()) {
        ModelName.LocalFile file = new ModelName.LocalFile(path);
        assertThat(ModelName.parse(file.toString())).as("%s", path).isEqualTo(file);
      }
    }
  }

  @Test
  void repositoriesFromTheirPartsRoundTrip() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20250603);
    for (int i = 0; i < 20_000; i++) {
      ModelName name =
          random.nextBoolean()
              ? new ModelName.HuggingFace(
                  word(random),
                  word(random),
                  random.nextBoolean() ? "" : word(random) + "/" + word(random) + "@x.gguf",
                  random.nextBoolean() ? "" : word(random) + "/" + word(random))
              : new ModelName.Ollama(
                  random.nextBoolean() ? "" : word(random) + ":" + random.nextInt(1, 65536),
                  random.nextBoolean() ? "" : word(random),
                  word(random),
                  random.nextBoolean() ? "" : word(random));
      assertThat(ModelName.parse(name.toString())).isEqualTo(name);
    }
  }

  private static String word(RandomGenerator random) {
    int length = random.nextInt(1, 20);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append("abcXYZ019".charAt(random.nextInt(9)));
    }
    return word.toString();
  }
}
