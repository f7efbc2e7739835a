package dev.llamastream.internal.grammar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stack of places in rules, as llama.cpp holds one for each way to read a text. Equal stacks are
 * the same object. The empty stack has none below.
 */
final class ParseStack {

  /** The stacks that one stack leads to, each empty or with a character or a token on top. */
  record Expansion(List<ParseStack> stacks, long steps) {}

  final int top;
  final @Nullable ParseStack below;
  final int depth;

  /** Equal for equal stacks, also of another empty one; as good as never for others. */
  final long identity;

  @Nullable Expansion expansion;
  private final Map<Integer, ParseStack> above = new HashMap<>(2);

  private ParseStack(int top, @Nullable ParseStack below) {
    this.top = top;
    this.below = below;
    this.depth = below == null ? 0 : below.depth + 1;
    this.identity = below == null ? 0 : mixed(below.identity * 31 + top + 1);
  }

  private static long mixed(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  static ParseStack empty() {
    return new ParseStack(-1, null);
  }

  ParseStack push(int place) {
    return above.computeIfAbsent(place, _ -> new ParseStack(place, this));
  }
}
