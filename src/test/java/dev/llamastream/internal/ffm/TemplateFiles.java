package dev.llamastream.internal.ffm;

import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.json.Json;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/** The chat templates of the pinned llama.cpp, and the test data about them. */
final class TemplateFiles {

  private static final Path DIRECTORY =
      Path.of("target", "native", "llama.cpp", "models", "templates");

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** 2025-06-15 12:34:56 UTC. */
  private static final long NOW = 1_749_990_896;

  private TemplateFiles() {}

  static List<String> names() {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jinja"))
          .map(name -> name.substring(0, name.length() - ".jinja".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    try {
      return Files.readString(DIRECTORY.resolve(name + ".jinja"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of test data; JSON's null if there is none. */
  static Json data(String path) {
    try (InputStream in =
        TemplateFiles.class.getResourceAsStream("/dev/llamastream/chat/" + path)) {
      return in == null
          ? Json.Null.NULL
          : Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Applies a template, without a model, to a request in llamastream.h's form. */
  static ChatFormat apply(String template, Json request) {
    return use(template, apply -> apply.apply(request));
  }

  /** Does something with a template without a model, which is read once. */
  static <T> T use(String template, Function<Function<Json, ChatFormat>, T> work) {
    NativeLibrary.load();
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .stackSize(256 << 20)
        .start(
            () -> {
              try {
                result.complete(useHere(template, work));
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
    return result.join();
  }

  private static <T> T useHere(String template, Function<Function<Json, ChatFormat>, T> work) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment chat =
          LibLlama.ls_chat_new(
              MemorySegment.NULL, arena.allocateFrom(template), LIMIT.toNanos(), error.segment());
      if (chat.equals(MemorySegment.NULL)) {
        throw new IllegalArgumentException(error.message());
      }
      try {
        return work.apply(request -> ChatFormat.of(chat, request.toString(), false, NOW, LIMIT));
      } finally {
        LibLlama.ls_chat_free(chat, error.segment());
      }
    }
  }
}
