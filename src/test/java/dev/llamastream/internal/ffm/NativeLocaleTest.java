package dev.llamastream.internal.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.TinyModel;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The JVM gives the C library the user's locale, where 0.5 may be 0. Native code has its own. */
class NativeLocaleTest {

  private static final Linker LINKER = Linker.nativeLinker();

  /** The thread's locale; the whole process's on Windows, where the JVM leaves it as it is. */
  private static String locale() throws Throwable {
    if (System.getProperty("os.name").startsWith("Windows")) {
      MethodHandle setlocale =
          LINKER.downcallHandle(
              LINKER.defaultLookup().findOrThrow("setlocale"),
              FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
      MemorySegment name = (MemorySegment) setlocale.invokeExact(0, MemorySegment.NULL);
      return name.reinterpret(Long.MAX_VALUE).getString(0).equals("C")
          ? "its own"
          : "the process's";
    }
    MethodHandle uselocale =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("uselocale"),
            FunctionDescriptor.of(ADDRESS, ADDRESS));
    MemorySegment handle = (MemorySegment) uselocale.invokeExact(MemorySegment.NULL);
    return handle.address() == -1 ? "the process's" : "its own"; // LC_GLOBAL_LOCALE
  }

  @Test
  void nativeCodeHasItsOwnLocaleAndJavaKeepsTheProcesss() throws Throwable {
    String before = locale();
    Set<String> inside = new HashSet<>();
    ModelParams params =
        ModelParams.builder()
            .progressListener(
                fraction -> {
                  try {
                    inside.add(locale());
                    return true;
                  } catch (Throwable e) {
                    throw new AssertionError(e);
                  }
                })
            .build();
    Model.load(TinyModel.defaultPath(), params).close();
    assertThat(inside).containsExactly("its own");
    assertThat(locale()).isEqualTo(before);
  }
}
