package dev.llamastream.internal.generation;

import java.util.List;

/** Holds back text only while it may be the beginning of a stop sequence. */
final class StopSequenceFilter {

  private final List<String> stopSequences;
  private final StringBuilder text = new StringBuilder();
  private int searched;
  private String found = "";

  StopSequenceFilter(List<String> stopSequences) {
    this.stopSequences = stopSequences;
  }

  /** The buffer to append text to; call {@link #search()} afterwards. */
  StringBuilder text() {
    return text;
  }

  /** The stop sequence that was found; empty if none was. */
  String found() {
    return found;
  }

  /**
   * Looks for the stop sequence that was completed first (the longest if several end there), and
   * removes it with everything after it.
   *
   * @return whether one was found
   */
  boolean search() {
    for (int end = searched + 1; end <= text.length() && !stopSequences.isEmpty(); end++) {
      int start = end;
      for (String stop : stopSequences) {
        if (endsWith(end, stop) && end - stop.length() < start) {
          start = end - stop.length();
          found = stop;
        }
      }
      if (start < end) {
        text.setLength(start);
        return true;
      }
    }
    searched = text.length();
    return false;
  }

  /**
   * Like {@link #search()}, when the next token has no text of its own.
   *
   * @param token its written form, which may end a stop sequence
   */
  boolean search(String token) {
    int start = text.length() + 1;
    for (String stop : stopSequences) {
      int before = stop.length() - token.length();
      if (stop.endsWith(token)
          && endsWith(text.length(), stop.substring(0, before))
          && text.length() - before < start) {
        start = text.length() - before;
        found = stop;
      }
    }
    if (start > text.length()) {
      return false;
    }
    text.setLength(start);
    return true;
  }

  private boolean endsWith(int end, String stop) {
    int start = end - stop.length();
    return start >= 0 && matches(start, stop, stop.length());
  }

  private boolean matches(int start, String stop, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Takes the text that cannot be part of a stop sequence; may be empty. */
  String takeDeliverable() {
    return take(deliverableLength());
  }

  /** Takes all text. */
  String takeAll() {
    return take(text.length());
  }

  private String take(int length) {
    if (length == 0) {
      return "";
    }
    String taken = text.substring(0, length);
    text.delete(0, length);
    searched = Math.max(0, searched - length);
    return taken;
  }

  /** The length up to the first suffix that is a proper prefix of a stop sequence. */
  private int deliverableLength() {
    int length = text.length();
    if (stopSequences.isEmpty()) {
      return length;
    }
    for (int start = 0; start < length; start++) {
      for (String stop : stopSequences) {
        if (stop.length() > length - start && matches(start, stop, length - start)) {
          return start;
        }
      }
    }
    return length;
  }
}
