package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.SecureClassLoader;
import java.security.cert.Certificate;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's classes may come from what is no file. */
class CodeSourceTest {

  /** Has the library's classes anew, as if they came from elsewhere. */
  private static final class Loader extends SecureClassLoader {
    private final CodeSource source;

    Loader(String location) throws IOException {
      super(CodeSourceTest.class.getClassLoader());
      URLStreamHandler handler =
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) throws IOException {
              throw new IOException("never opened");
            }
          };
      source = new CodeSource(URL.of(URI.create(location), handler), (Certificate[]) null);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.llamastream.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = Objects.requireNonNull(in).readAllBytes();
        return defineClass(name, bytes, 0, bytes.length, source);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Spring Boot's
        "jar:nested:/app.jar/!BOOT-INF/lib/llamastream.jar!/",
        "nested:/app.jar/!BOOT-INF/lib/llamastream.jar",
        "jar:file:/app.war!/WEB-INF/lib/llamastream.jar",
        "http://localhost/llamastream.jar",
        "vfs:/content/llamastream.jar",
        "bundleresource://1.fwk/",
      })
  void locationThatIsNoFileIsToldAmongThePlacesTried(String location) throws Exception {
    Class<?> type = new Loader(location).loadClass(LibraryLocations.class.getName());
    Constructor<?> constructor = type.getDeclaredConstructor(String.class);
    constructor.setAccessible(true);
    Method search = type.getDeclaredMethod("search");
    search.setAccessible(true);
    Object locations = constructor.newInstance("vms-vax");

    assertThatThrownBy(() -> search.invoke(locations))
        .isInstanceOf(InvocationTargetException.class)
        .satisfies(
            e ->
                assertThat(e.getCause().getMessage())
                    .startsWith("no native libraries for vms-vax.")
                    .contains("target/native: the library's own location is no folder or file"));
  }
}
