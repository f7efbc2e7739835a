package dev.llamastream.cli.chat;

import java.util.List;
import org.jline.builtins.Completers.FileNameCompleter;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands and their files. */
final class CommandCompleter implements Completer {

  private static final List<String> WITH_FILE = List.of("/save", "/load");

  private List<String> names = List.of();
  private final Completer files = new FileNameCompleter();

  void offer(List<String> commands) {
    names = commands;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    if (!line.line().startsWith("/")) {
      return;
    }
    if (line.wordIndex() == 0) {
      names.forEach(name -> candidates.add(new Candidate("/" + name)));
    } else if (WITH_FILE.contains(line.words().getFirst())) {
      files.complete(reader, line, candidates);
    }
  }
}
