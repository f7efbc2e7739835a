package dev.llamastream.server.internal.net;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;

/**
 * A certificate and its key, and the wish to use them again when their files change.
 *
 * @param certificate a certificate chain in PEM
 * @param key its private key in PEM, without a password
 */
public record TlsFiles(Path certificate, Path key) {

  private static final Logger LOGGER = System.getLogger(TlsFiles.class.getName());

  /** Serves with TLS. */
  public void addTo(HttpServerOptions options) {
    options.setSsl(true).setUseAlpn(false).setKeyCertOptions(pem());
  }

  private PemKeyCertOptions pem() {
    return new PemKeyCertOptions()
        .setCertPath(certificate.toAbsolutePath().toString())
        .setKeyPath(key.toAbsolutePath().toString());
  }

  /**
   * Reads the files again when they have changed. If they do not fit each other, as between the two
   * writes of a renewal, the server keeps what it has, and tries again.
   *
   * @param interval how often to look
   */
  public void watch(Vertx vertx, HttpServer server, Duration interval) {
    Watch watch = new Watch(server, times());
    vertx.setPeriodic(interval.toMillis(), _ -> watch.look());
  }

  /** When the files were changed last; empty while one is missing. */
  private List<FileTime> times() {
    try {
      return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Runs on the event loop. */
  private final class Watch {

    private final HttpServer server;
    private List<FileTime> used;
    private boolean warned;

    Watch(HttpServer server, List<FileTime> used) {
      this.server = server;
      this.used = used;
    }

    void look() {
      List<FileTime> now = times();
      if (now.isEmpty() || now.equals(used)) {
        return;
      }
      var _ =
          server
              .updateSSLOptions(
                  new ServerSSLOptions().setUseAlpn(false).setKeyCertOptions(pem()), true)
              .onSuccess(_ -> updated(now))
              .onFailure(this::warn);
    }

    private void updated(List<FileTime> times) {
      used = times;
      warned = false;
      LOGGER.log(Level.INFO, "new certificate from {0}", certificate);
    }

    private void warn(Throwable failure) {
      if (!warned) {
        warned = true;
        LOGGER.log(
            Level.WARNING,
            "the new certificate in {0} cannot be used, the old one stays: {1}",
            certificate,
            failure.getMessage());
      }
    }
  }
}
