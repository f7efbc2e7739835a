package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.KvCacheType;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.fixture.TinyModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCheckTest {

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE - 256, 1 << 30})
  void refusesWhatNoMachineHas(int contextSize) {
    ModelHandle model =
        ModelHandle.load(
            TinyModel.defaults().withLayers(30).path(),
            ModelParams.defaults(),
            new ModelFacts(Set.of(), false, Prompts.KEY, List.of()));
    ContextParams params =
        ContextParams.builder().contextSize(contextSize).kvCacheType(KvCacheType.F32).build();
    assertThatExceptionOfType(ContextCreationException.class)
        .isThrownBy(() -> ContextHandle.open(model, params))
        .withMessageMatching("contextSize: \\d+ needs at least \\d+ MiB .* \\d+ MiB are available");
    model.close();
  }
}
