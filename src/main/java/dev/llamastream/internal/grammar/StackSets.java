package dev.llamastream.internal.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sets of stacks that were read. From a part of a set no more readings are possible than from the
 * set. Objects with many optional properties have as many sets, each a part of the previous one.
 */
final class StackSets {

  /** Where to start to read in a rule, and the identities of the stacks there. */
  record Start(int rule, List<ParseStack> from, Set<Long> stacks) {}

  private final Map<Long, List<Set<Long>>> byMember = new HashMap<>();

  /**
   * Adds a set, unless another one contains it.
   *
   * @param stacks {@link ParseStack#identity}s
   * @return whether it was added
   */
  boolean addUnlessContained(Set<Long> stacks) {
    for (long member : stacks) {
      for (Set<Long> other : byMember.getOrDefault(member, List.of())) {
        if (other.containsAll(stacks)) {
          return false;
        }
      }
      break; // a set that contains all contains the first one
    }
    stacks.forEach(member -> byMember.computeIfAbsent(member, _ -> new ArrayList<>(1)).add(stacks));
    return true;
  }
}
