package dev.llamastream.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The signal handlers of this process. */
final class Signals {

  private static final int INTERRUPT = 2;
  private static final int TERMINATE = 15;

  private Signals() {}

  /**
   * Restores the default action of Ctrl+C and SIGTERM, so that the next one ends the process.
   * Otherwise the JVM ignores them while its shutdown hooks run.
   */
  @SuppressWarnings("restricted") // the signature is signal's
  static void endAtOnce() {
    Linker linker = Linker.nativeLinker();
    linker
        .defaultLookup()
        .find("signal")
        .map(
            address ->
                linker.downcallHandle(address, FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS)))
        .ifPresent(
            signal -> {
              setDefault(signal, INTERRUPT);
              setDefault(signal, TERMINATE);
            });
  }

  @SuppressWarnings("CatchThrowable") // declared by MethodHandle
  private static void setDefault(MethodHandle signal, int number) {
    try {
      var _ = (MemorySegment) signal.invokeExact(number, MemorySegment.NULL); // SIG_DFL
    } catch (Throwable e) {
      throw new AssertionError(e); // signal() throws nothing
    }
  }
}
