package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RealModelTest {

  private static final Path PATH = Path.of(System.getProperty("llamastream.test.model"));

  @Test
  void theDefaultModelIsSound() {
    List<GgufFile> files = GgufFile.readAll(PATH);
    assertThat(files).hasSize(1);
    GgufFile file = files.getFirst();

    assertThat(file.parameterCount()).isEqualTo(134_515_008);
    assertThat(file.tensors()).hasSize(272);
    assertThat(file.metadata())
        .containsEntry("general.architecture", new StringValue("llama"))
        .containsEntry("llama.block_count", new IntegerValue(GgufType.UINT32, 30))
        .containsEntry("llama.embedding_length", new IntegerValue(GgufType.UINT32, 576));
    GgufArray tokens = (GgufArray) file.metadata().get("tokenizer.ggml.tokens");
    assertThat(tokens.size()).isEqualTo(49_152);
    assertThat(tokens.bytes(1)).isEqualTo("<|im_start|>".getBytes(UTF_8));
    assertThat(tokens.get(2)).isEqualTo(new StringValue("<|im_end|>"));
    GgufTensor last = file.tensors().getLast();
    assertThat(last.offset() + last.sizeInBytes()).isLessThanOrEqualTo(file.fileSize());
    assertThatCode(() -> ModelCheck.check(files, false)).doesNotThrowAnyException();
  }
}
