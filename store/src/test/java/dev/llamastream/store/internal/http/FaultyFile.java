package dev.llamastream.store.internal.http;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves a file as web servers do: HEAD, Range, If-Range, ETag. */
public final class FaultyFile implements FaultyServer.Route {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private volatile byte[] content;
  private volatile String etag;
  private volatile boolean ifRange = true;

  /**
   * @param etag with its quotes; empty for none
   */
  public FaultyFile(byte[] content, String etag) {
    this.content = content;
    this.etag = etag;
  }

  /** As a server that does not know If-Range. */
  public void ignoreIfRange() {
    ifRange = false;
  }

  public void change(byte[] content, String etag) {
    this.content = content;
    this.etag = etag;
  }

  @Override
  public FaultyReply answer(FaultyRequest request) {
    byte[] bytes = content;
    FaultyReply reply =
        FaultyReply.of("application/octet-stream", bytes).with("Accept-Ranges", "bytes");
    if (!etag.isEmpty()) {
      reply = reply.with("ETag", etag);
    }
    Matcher range = RANGE.matcher(request.header("Range"));
    String condition = ifRange ? request.header("If-Range") : "";
    if (!range.matches() || !(condition.isEmpty() || condition.equals(etag))) {
      return reply;
    }
    long from = Long.parseLong(range.group(1));
    if (from >= bytes.length) {
      return FaultyReply.of(416).with("Content-Range", "bytes */" + bytes.length);
    }
    long to = range.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(2));
    return part(reply, bytes, (int) from, (int) Math.min(bytes.length, Math.max(to, to + 1)));
  }

  static FaultyReply part(FaultyReply whole, byte[] bytes, int from, int end) {
    return new FaultyReply(206, whole.headers(), Arrays.copyOfRange(bytes, from, end))
        .with("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + bytes.length);
  }
}
