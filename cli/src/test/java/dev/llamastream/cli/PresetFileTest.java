package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetFileTest {

  private static final Path MODEL = ScriptedModel.of("a").path();

  @TempDir private Path folder;

  private PresetFile read(String toml) throws IOException {
    return PresetFile.read(Files.writeString(folder.resolve("models.toml"), toml));
  }

  private ModelSource source(String toml) throws IOException {
    ServedName name = read(toml).models().getFirst();
    return name.source(
        ChosenModel.of(MODEL), ModelParams.builder(), EngineParams.builder().slots(3).build());
  }

  @Test
  void readsAll() throws IOException {
    PresetFile file =
        read(
            """
            memory = "12G"
            idle-unload = "10m"

            [models.small]
            model = "smollm2:135m"
            aliases = ["tiny", "gpt-4o-mini"]
            context-size = 2048
            slots = 8
            queue = 5
            max-tokens-per-stream = 100
            threads = 2
            gpu-layers = 0
            system = "Be brief."
            temperature = 0
            top-k = 10
            top-p = 0.5
            min-p = 0.1
            max-tokens = 7
            stop = ["\\n"]

            [models."llama3.2:1b"]
            model = "sub/b.gguf"
            """);

    assertThat(file.memory()).contains(12L << 30);
    assertThat(file.idleUnload()).contains(Duration.ofMinutes(10));
    assertThat(file.models())
        .extracting(name -> name.name().orElseThrow())
        .containsExactly("small", "llama3.2:1b");
    assertThat(file.models().get(1).model()).isEqualTo(folder.resolve("sub/b.gguf").toString());
    ModelSource source =
        file.models()
            .getFirst()
            .source(ChosenModel.of(MODEL), ModelParams.builder(), EngineParams.defaults());
    assertThat(source.name()).isEqualTo("small");
    assertThat(source.aliases()).containsExactly("tiny", "gpt-4o-mini");
    assertThat(source.engineParams().slots()).isEqualTo(8);
    assertThat(source.engineParams().queueCapacity()).isEqualTo(5);
    assertThat(source.engineParams().maxTokensPerStream()).isEqualTo(100);
    assertThat(source.engineParams().context().contextSize()).isEqualTo(2048);
    assertThat(source.engineParams().context().batchThreads()).isEqualTo(2);
    assertThat(source.modelParams().gpuLayers()).isZero();
    assertThat(source.requestDefaults().systemMessage()).isEqualTo("Be brief.");
    assertThat(source.requestDefaults().maxTokens()).isEqualTo(7);
    assertThat(source.requestDefaults().stopSequences()).containsExactly("\n");
    assertThat(source.requestDefaults().sampler().temperature()).isZero();
    assertThat(source.requestDefaults().sampler().topK()).isEqualTo(10);
    assertThat(source.memory()).isGreaterThan(Files.size(MODEL));
  }

  @Test
  void whatItDoesNotSayIsAsTheOptionsSay() throws IOException {
    ModelSource source = source("[models.a]\nmodel = \"x\"");

    assertThat(source.engineParams().slots()).isEqualTo(3);
    assertThat(source.aliases()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x = 1 | x: unknown key, must be one of idle-unload, memory, models",
        "memory = \"12G\" | models: missing",
        "models = 3 | models: 3, must be a table",
        "[models] | models: must have a table for each model",
        "[models]\\na = \"b\" | models.a: \"b\", must be a table",
        "[models.a] | models.a.model: missing",
        "[models.a]\\nmodel = 3 | models.a.model: 3, must be a text in quotes",
        "[models.a]\\nmodel = \"x\"\\nslot = 3 | models.a.slot: unknown key, must be one of aliases",
        "[models.a]\\nmodel = \"x\"\\naliases = \"b\" | models.a.aliases: \"b\", must be a list",
        "[models.a]\\nmodel = \"x\"\\naliases = [1] | models.a.aliases: [1], must be a list",
        "memory = 12\\n[models.a]\\nmodel = \"x\" | memory: 12, must be a text in quotes",
        "memory = \"much\"\\n[models.a]\\nmodel = \"x\" | memory: 'much' is not a size",
        "idle-unload = \"1d\"\\n[models.a]\\nmodel = \"x\" | idle-unload: '1d' is not a time",
      })
  void refuses(String toml, String message) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> read(toml.replace("\\n", "\n")))
        .withMessageStartingWith(folder.resolve("models.toml") + ": ")
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "slots = \"x\" | models.a.slots: \"x\", must be a whole number",
        "slots = 1.5 | models.a.slots: 1.5, must be a whole number",
        "slots = 99999999999 | models.a.slots: 99999999999, must be a whole number",
        "slots = 0 | models.a: slots: 0, must be in [1, 128]",
        "temperature = \"x\" | models.a.temperature: \"x\", must be a number",
        "temperature = nan | models.a: temperature: NaN",
        "top-p = 2 | models.a: topP: 2",
      })
  void refusesValuesOutOfRange(String line, String message) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> source("[models.a]\nmodel = \"x\"\n" + line))
        .withMessageStartingWith(folder.resolve("models.toml") + ": ")
        .withMessageContaining(message);
  }

  @Test
  void saysWhereTheSyntaxIsWrong() {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> read("memory = \"1G\"\n[models.a]\nmodel = b\n"))
        .withMessageStartingWith(folder.resolve("models.toml") + ":3: ");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> read("[models.a]\nmodel = \"x\"\n[models.a]\nmodel = \"y\"\n"))
        .withMessageStartingWith(folder.resolve("models.toml") + ":");
  }

  @Test
  void refusesWhatIsNoTextFile() throws IOException {
    Path file = folder.resolve("models.toml");
    Files.write(file, new byte[] {(byte) 0xff});
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> PresetFile.read(file))
        .withMessageContaining("not UTF-8");
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> PresetFile.read(file));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> PresetFile.read(folder.resolve("none")));
  }

  @Test
  void readsNamesWithAliases() {
    assertThat(ServedName.parse("llama3.2:1b"))
        .isEqualTo(new ServedName("llama3.2:1b", Optional.empty(), List.of(), PresetTable.EMPTY));
    assertThat(ServedName.parse("llama3.2:1b=small,tiny").model()).isEqualTo("llama3.2:1b");
    assertThat(ServedName.parse("llama3.2:1b=small,tiny").aliases())
        .containsExactly("small", "tiny");
    assertThat(ServedName.parse("https://x/y.gguf?a=1=b").model())
        .isEqualTo("https://x/y.gguf?a=1");
  }

  @Test
  void aFileMayHaveAnEqualsSign() throws IOException {
    Path file = Files.copy(MODEL, folder.resolve("a=b.gguf"));
    assertThat(ServedName.parse(file.toString()).model()).isEqualTo(file.toString());
  }

  @ParameterizedTest
  @CsvSource({"=a", "a=", "'a=b,'", "'a=,b'"})
  void refusesNamesWithoutAliases(String option) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> ServedName.parse(option))
        .withMessage("--model: '" + option + "', must be <model> or <model>=<alias>,<alias>");
  }
}
