package dev.llamastream.store.internal.choice;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a quantization, as the names of files have it. */
final class QuantizationName {

  private static final Pattern IN_A_NAME =
      Pattern.compile(
          "(?<![A-Z0-9])((?:UD-)?"
              + "(?:I?Q[1-8](?:_(?:K|NL|[01]|XXS|XS|S|M|L)(?:_(?:[A-Z]{1,3}|[48]_[48]))?)?"
              + "|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))(?![A-Z0-9])");

  /** Weights repacked in the file; llama.cpp does it when it loads Q4_0, and refuses these. */
  private static final Pattern OBSOLETE = Pattern.compile("Q4_0_[48]_[48]");

  private QuantizationName() {}

  /** The last one in a file's name, or else in its folder's; in upper case. */
  static Optional<String> in(RepositoryFile file) {
    return lastIn(file.fileName()).or(() -> lastIn(file.folderName()));
  }

  private static Optional<String> lastIn(String name) {
    Matcher matcher = IN_A_NAME.matcher(name.toUpperCase(Locale.ROOT));
    String last = null;
    while (matcher.find()) {
      last = canonical(matcher.group(1));
    }
    return Optional.ofNullable(last);
  }

  /** One spelling for what has two. */
  static String canonical(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return switch (upper) {
      case "FP16" -> "F16";
      case "FP32" -> "F32";
      case "MXFP4_MOE" -> "MXFP4";
      default -> upper;
    };
  }

  /** Without the mark of those that store each matrix with bits of its own. */
  static String plain(String name) {
    return name.startsWith("UD-") ? name.substring(3) : name;
  }

  static boolean isObsolete(String name) {
    return OBSOLETE.matcher(name).matches();
  }
}
