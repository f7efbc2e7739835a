package dev.llamastream.internal.natives;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to do about a message of the system's dynamic linker: those of glibc, musl, macOS, Windows.
 */
final class LinkerAdvice {

  /**
   * @param advice with the message's first group in place of %1$s, the platform in place of %2$s
   *     and how to build the libraries in place of %3$s
   */
  private record Rule(Pattern message, String advice) {
    Rule(String message, String advice) {
      this(Pattern.compile(message, Pattern.CASE_INSENSITIVE), advice);
    }
  }

  /** The first that fits counts. */
  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "version [`'](GLIBC_[0-9.]+)' not found",
              "This system's glibc is too old, it must have %1$s: use a newer system or image."
                  + " %3$s"),
          new Rule(
              "version [`']((?:GLIBCXX|CXXABI|GCC)_[0-9.]+)' not found",
              "This system's C++ runtime is too old, it must have %1$s: install a newer libstdc++."
                  + " %3$s"),
          new Rule(
              "ld-linux[^ :]*: (?:No such file|cannot open)|libc\\.musl|Error relocating",
              "The libraries need another C library than that of %2$s. %3$s"),
          new Rule(
              "(?<![^ :])(lib[^/ :]+): cannot open shared object file"
                  + "|Error loading shared library (lib[^/ :]+):"
                  + "|Library not loaded: (\\S+)",
              "This system lacks %1$s, which the libraries need: install the package that has it."),
          new Rule(
              "cannot allocate memory$|Windows error (?:8|14|1455)\\b",
              "The system has too little memory left."),
          new Rule(
              "code signature|library load (?:denied|disallowed)|Windows error (?:1260|4551)\\b",
              "The system's policy lets only code run that it knows: allow these libraries."),
          new Rule(
              "failed to map segment|operation not permitted|permission denied|Windows error 5\\b",
              "The system lets no code run from that folder: is it mounted with noexec?"),
          new Rule(
              "wrong ELF class|invalid ELF header|file too short|ELF load command"
                  + "|exec format error|incompatible (?:architecture|cpu)|not a mach-o"
                  + "|on a \\S+(?: \\S+)? platform|Windows error 193\\b",
              "The file is damaged, or for another platform than %2$s."),
          new Rule(
              "Can't find dependent libraries|Windows error 126\\b",
              "A DLL that the file needs is missing, for instance one of the Visual C++ runtime or"
                  + " of a GPU's driver."),
          new Rule(
              "undefined symbol|symbol not found|Windows error 127\\b",
              "The folder's libraries are of different builds: name a folder that has those of one"
                  + " build."));

  private LinkerAdvice() {}

  /** Whole sentences; empty if nothing is known about the message. */
  static Optional<String> of(String message, String platform) {
    for (Rule rule : RULES) {
      Matcher matcher = rule.message().matcher(message);
      if (matcher.find()) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                rule.advice(),
                firstGroup(matcher),
                platform,
                MissingNatives.build(platform)));
      }
    }
    return Optional.empty();
  }

  private static String firstGroup(Matcher matcher) {
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String found = matcher.group(group);
      if (found != null) {
        return found;
      }
    }
    return "";
  }
}
