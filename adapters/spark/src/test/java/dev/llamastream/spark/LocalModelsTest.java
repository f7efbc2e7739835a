package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import dev.llamastream.fixture.ServedModel;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalModelsTest {

  private final List<LocalModel> opened = new ArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final LocalModels models = new LocalModels(this::open);

  @AfterEach
  void close() {
    models.closeAll();
  }

  private LocalModel open(EngineSettings settings) {
    attempts.incrementAndGet();
    LocalModel model = LocalModel.open(settings);
    opened.add(model);
    return model;
  }

  private static EngineSettings tiny(int slots, Duration idle) {
    return LlamaSettings.builder(TinyModel.defaultPath())
        .slots(slots)
        .idleTimeout(idle)
        .build()
        .engine();
  }

  @Test
  void equalSettingsShareOneEngine() throws Exception {
    LlamaSettings first = LlamaSettings.builder(TinyModel.defaultPath()).maxTokens(1).build();
    LlamaSettings other = first.toBuilder().maxTokens(2).temperature(0).build();

    try (LocalModels.Lease one = models.lease(first.engine());
        LocalModels.Lease two = models.lease(other.engine());
        LocalModels.Lease three = models.lease(tiny(3, Duration.ofMinutes(5)))) {
      assertThat(one.model()).isSameAs(two.model()).isNotSameAs(three.model());
    }
    assertThat(models.opened()).isEqualTo(2);
  }

  @Test
  void oneTaskOpensTheModelWhileOthersWait() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    LocalModels slow =
        new LocalModels(
            settings -> {
              begun.countDown();
              awaitUninterrupted(goOn);
              return open(settings);
            });
    EngineSettings settings = tiny(2, Duration.ofMinutes(5));
    List<CompletableFuture<LocalModel>> leases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      leases.add(
          CompletableFuture.supplyAsync(() -> leased(slow, settings), Thread::startVirtualThread));
    }
    begun.await();
    goOn.countDown();

    assertThat(leases).extracting(CompletableFuture::join).containsOnly(opened.getFirst());
    assertThat(attempts).hasValue(1);
    slow.closeAll();
  }

  private static LocalModel leased(LocalModels models, EngineSettings settings) {
    try {
      return models.lease(settings).model();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aModelByName() throws Exception {
    try (ServedModel server = new ServedModel(TinyModel.defaultPath())) {
      EngineSettings named = LlamaSettings.builder(server.name()).build().engine();
      try (LocalModels.Lease lease = models.lease(named)) {
        assertThat(lease.model()).isNotNull();
      }
    }
    EngineSettings none = LlamaSettings.builder("llama3.2:1bb").build().engine();
    assertThatThrownBy(() -> models.lease(none))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("did you mean llama3.2:1b");
  }

  @Test
  void theNextTaskTriesAgainAfterAFailure() {
    EngineSettings missing = LlamaSettings.builder(Path.of("/no/such/model.gguf")).build().engine();

    for (int i = 1; i <= 2; i++) {
      assertThatThrownBy(() -> models.lease(missing))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("there is no file /no/such/model.gguf");
      assertThat(attempts).hasValue(i);
    }
  }

  @Test
  void whatNoTaskNeedsIsClosedAfterAWhile() throws Exception {
    EngineSettings settings = tiny(2, Duration.ZERO);
    LocalModels.Lease first = models.lease(settings);
    LocalModels.Lease second = models.lease(settings);
    first.close();
    first.close();
    assertThat(models.snapshot(settings)).isPresent();

    second.close();
    while (!opened.getFirst().failed()) {
      Thread.onSpinWait();
    }

    assertThat(models.snapshot(settings)).isEmpty();
    try (LocalModels.Lease again = models.lease(settings)) {
      assertThat(again.model()).isSameAs(opened.getLast()).isNotSameAs(opened.getFirst());
    }
  }

  @Test
  void anEngineThatClosedIsReplaced() throws Exception {
    EngineSettings settings = tiny(2, Duration.ofMinutes(5));
    try (LocalModels.Lease lease = models.lease(settings)) {
      lease.model().engine().close();
    }

    try (LocalModels.Lease lease = models.lease(settings)) {
      assertThat(lease.model().engine().isClosed()).isFalse();
    }
  }

  @Test
  void tasksShareTheWindowUntilTheirRowsEnd() throws Exception {
    EngineSettings settings = tiny(4, Duration.ofMinutes(5));
    try (LocalModels.Lease one = models.lease(settings);
        LocalModels.Lease two = models.lease(settings)) {
      one.beginReading();
      assertThat(one.window()).isEqualTo(8);
      two.beginReading();
      assertThat(one.window()).isEqualTo(4);
      two.endReading();
      two.endReading();
      assertThat(one.window()).isEqualTo(8);
    }
  }

  @Test
  void aTaskMayAlwaysHaveOneRow() throws Exception {
    EngineSettings settings = tiny(1, Duration.ofMinutes(5));
    List<LocalModels.Lease> leases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LocalModels.Lease lease = models.lease(settings);
      lease.beginReading();
      leases.add(lease);
    }

    assertThat(leases).allMatch(lease -> lease.window() == 1);
    leases.forEach(LocalModels.Lease::close);
  }

  @Test
  void aModelWithAnotherHashIsRefused() {
    LlamaSettings.Builder settings = LlamaSettings.builder(TinyModel.defaultPath());

    assertThatThrownBy(() -> models.lease(settings.sha256("0".repeat(64)).build().engine()))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("has the SHA-256 ")
        .hasMessageContaining("must be " + "0".repeat(64));
  }

  @Test
  void allIsClosedAtTheEnd() throws Exception {
    LocalModels.Lease lease = models.lease(tiny(2, Duration.ofMinutes(5)));

    models.closeAll();

    assertThat(lease.model().engine().isClosed()).isTrue();
    lease.close();
  }
}
