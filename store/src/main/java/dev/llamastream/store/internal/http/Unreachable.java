package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a server was not reached, and what may help. */
final class Unreachable {

  private static final String MIRROR =
      " HF_ENDPOINT names a mirror of Hugging Face where its own server is blocked";

  private Unreachable() {}

  /** Whether another try would fail the same way. */
  static boolean isFinal(IOException failure) {
    return has(CertificateException.class, failure);
  }

  static boolean isUnknownHost(IOException failure) {
    return has(UnknownHostException.class, failure)
        || has(UnresolvedAddressException.class, failure);
  }

  static ModelStoreException of(URI uri, IOException failure) {
    return switch (failure) {
      case WrongAnswerException wrong ->
          new ModelStoreException(
              Reason.WRONG_CONTENT,
              wrong.getMessage() + ". Has the file changed? Does a proxy change answers?",
              wrong);
      case TemporaryAnswerException answer ->
          new ModelStoreException(
              Reason.UNREACHABLE, answer.getMessage() + ", again and again. Try later", answer);
      default ->
          new ModelStoreException(
              Reason.UNREACHABLE, host(uri, failure) + ": " + explain(failure), failure);
    };
  }

  /** One sentence without a full stop. */
  static String shortly(URI uri, IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof TemporaryAnswerException || failure instanceof WrongAnswerException) {
      return message;
    }
    return host(uri, failure) + ": " + message;
  }

  private static String host(URI uri, IOException failure) {
    return failure instanceof RequestFailedException e ? e.host() : String.valueOf(uri.getHost());
  }

  private static String explain(IOException failure) {
    if (has(CertificateException.class, failure)) {
      return "its certificate is not trusted ("
          + failure.getMessage()
          + "). If a proxy looks into connections, give Java its certificate:"
          + " -Djavax.net.ssl.trustStore=...";
    }
    if (has(SSLException.class, failure)) {
      return "no secure connection ("
          + failure.getMessage()
          + "). Is it an https server, and is no proxy in between?";
    }
    if (isUnknownHost(failure)) {
      return "no such host. Is there a network? If a proxy is needed, set HTTPS_PROXY." + MIRROR;
    }
    if (has(SocketTimeoutException.class, failure) || has(HttpTimeoutException.class, failure)) {
      return "no answer in time ("
          + failure.getMessage()
          + "). If a proxy is needed, set HTTPS_PROXY."
          + MIRROR;
    }
    if (has(ConnectException.class, failure)) {
      return "no connection. Is the server running? If a proxy is needed, set HTTPS_PROXY."
          + MIRROR;
    }
    return failure.getMessage() + ". Try again: it continues where it stopped";
  }

  private static boolean has(Class<? extends Throwable> type, Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
