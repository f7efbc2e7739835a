package dev.llamastream.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** Looks into the executors' JVMs. */
final class Executors {

  /** Of both executors together. */
  static final int SLOTS = 4;

  private Executors() {}

  /** Runs in an executor. */
  interface Question extends Supplier<String>, Serializable {}

  /** What each executor says, by its process id. All their slots must be free. */
  static Map<Long, String> ask(SparkSession spark, Question question) {
    String meeting = meeting();
    return spark
        .range(0, SLOTS, 1, SLOTS)
        .mapPartitions(
            (MapPartitionsFunction<Long, String>)
                rows -> {
                  meet(meeting, SLOTS);
                  return List.of(ProcessHandle.current().pid() + " " + question.get()).iterator();
                },
            Encoders.STRING())
        .collectAsList()
        .stream()
        .map(answer -> answer.split(" ", 2))
        .collect(
            Collectors.toMap(
                answer -> Long.valueOf(answer[0]), answer -> answer[1], (one, other) -> one));
  }

  /** A place where tasks of several JVMs can meet. */
  static String meeting() {
    try {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "meeting").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Called by a task: waits until this many tasks have arrived. */
  static void meet(String meeting, int tasks) {
    come(meeting);
    while (count(meeting) < tasks) {
      Thread.onSpinWait();
    }
  }

  /** For a task: is here from now on. */
  static void come(String meeting) {
    try {
      Files.createFile(Path.of(meeting, String.valueOf(TaskContext.get().taskAttemptId())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many tasks have come. */
  static long count(String meeting) {
    try (Stream<Path> files = Files.list(Path.of(meeting))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
