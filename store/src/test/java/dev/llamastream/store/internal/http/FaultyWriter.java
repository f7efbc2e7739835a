package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;

/** Writes an answer, up to a fault. */
final class FaultyWriter {

  private static final int SLOW_PIECE = 512;

  private final Socket socket;
  private final Fault fault;

  FaultyWriter(Socket socket, Fault fault) {
    this.socket = socket;
    this.fault = fault;
  }

  /**
   * @return whether the connection can be used again
   */
  boolean write(FaultyRequest request, FaultyReply reply) throws IOException, InterruptedException {
    OutputStream out = socket.getOutputStream();
    switch (fault.kind()) {
      case NO_ANSWER -> {
        return false;
      }
      case GARBAGE -> {
        out.write("\u0000\u0001no such protocol\r\n\r\n".getBytes(ISO_8859_1));
        return false;
      }
      default -> out.write(head(reply).getBytes(ISO_8859_1));
    }
    byte[] body = request.method().equals("HEAD") ? new byte[0] : reply.body();
    if (chunked(reply)) {
      body = inChunks(body);
    }
    int stop = Math.min(body.length, fault.at());
    switch (fault.kind()) {
      case CUT -> {
        out.write(body, 0, stop);
        return false;
      }
      case RESET -> {
        out.write(body, 0, stop);
        socket.setSoLinger(true, 0);
        return false;
      }
      case STALL -> {
        out.write(body, 0, stop);
        socket.getInputStream().read(); // ends when the client or the test closes it
        return false;
      }
      case SLOW -> {
        for (int i = 0; i < body.length; i += SLOW_PIECE) {
          out.write(body, i, Math.min(SLOW_PIECE, body.length - i));
          Thread.sleep(fault.at());
        }
        return true;
      }
      default -> out.write(body);
    }
    return fault.kind() != Fault.Kind.LONG_LENGTH
        && fault.kind() != Fault.Kind.SHORT_LENGTH
        && !reply.headers().getOrDefault("Content-Length", "given").isEmpty();
  }

  private String head(FaultyReply reply) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Any\r\n");
    reply
        .headers()
        .forEach((name, value) -> head.append(value.isEmpty() ? "" : name + ": " + value + "\r\n"));
    if (!reply.headers().containsKey("Content-Length") && !chunked(reply)) {
      head.append("Content-Length: " + length(reply) + "\r\n");
    }
    return head.append("\r\n").toString();
  }

  private int length(FaultyReply reply) {
    return switch (fault.kind()) {
      case SHORT_LENGTH -> Math.max(0, reply.body().length - fault.at());
      case LONG_LENGTH -> reply.body().length + fault.at();
      default -> reply.body().length;
    };
  }

  private static boolean chunked(FaultyReply reply) {
    return reply.headers().getOrDefault("Transfer-Encoding", "").equals("chunked");
  }

  /** Two chunks and the end. */
  private static byte[] inChunks(byte[] body) {
    int half = body.length / 2;
    byte[] all = new byte[0];
    for (byte[] chunk :
        new byte[][] {Arrays.copyOf(body, half), Arrays.copyOfRange(body, half, body.length)}) {
      if (chunk.length > 0) {
        all = joined(all, (Integer.toHexString(chunk.length) + "\r\n").getBytes(ISO_8859_1));
        all = joined(joined(all, chunk), "\r\n".getBytes(ISO_8859_1));
      }
    }
    return joined(all, "0\r\n\r\n".getBytes(ISO_8859_1));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
