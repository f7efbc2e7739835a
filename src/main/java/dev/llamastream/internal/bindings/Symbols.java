package dev.llamastream.internal.bindings;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/** Where the generated code finds the functions of the native libraries, once they are loaded. */
public final class Symbols {

  private static volatile SymbolLookup lookup = name -> Optional.empty();

  private Symbols() {}

  /** Those of these libraries. */
  public static void use(SymbolLookup libraries) {
    lookup = libraries;
  }

  /** A function, if there is one. */
  public static Optional<MemorySegment> find(String name) {
    return lookup.find(name);
  }
}
