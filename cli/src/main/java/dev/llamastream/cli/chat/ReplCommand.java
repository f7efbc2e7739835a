package dev.llamastream.cli.chat;

import java.io.IOException;

/**
 * A command.
 *
 * @param name without the slash
 * @param parameter as the help shows it; empty for none
 * @param help what it does, on one line
 */
record ReplCommand(String name, String parameter, String help, Action action) {

  /** What a command does. */
  @FunctionalInterface
  interface Action {

    /**
     * Does it.
     *
     * @param argument empty if none was given
     * @throws IllegalArgumentException if the argument makes no sense
     */
    Next run(String argument) throws IOException;
  }

  /** How the command is called. */
  String usage() {
    return parameter.isEmpty() ? "/" + name : "/" + name + " " + parameter;
  }
}
