package dev.llamastream.internal.bindings;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * Where the generated code looks up the functions of the native libraries, once they are loaded.
 */
public final class Symbols {

  private static volatile SymbolLookup lookup = name -> Optional.empty();

  private Symbols() {}

  /** Uses the functions of these libraries. */
  public static void use(SymbolLookup libraries) {
    lookup = libraries;
  }

  /** Finds a function by name; empty if it does not exist. */
  public static Optional<MemorySegment> find(String name) {
    return lookup.find(name);
  }
}
