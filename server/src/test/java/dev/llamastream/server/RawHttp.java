package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** HTTP by hand: every byte is the test's. */
public final class RawHttp implements AutoCloseable {

  /** A head, and a body if it has a length. */
  public record Response(int status, Map<String, String> headers, String body) {}

  // a test's own timeout does not reach a thread that reads
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream(), 512);
    out = socket.getOutputStream();
  }

  public static RawHttp connect(int port) throws IOException {
    return connect(port, 0);
  }

  /** With a receive buffer of so many bytes. */
  static RawHttp connect(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new RawHttp(socket);
  }

  /** A read that waits longer fails. */
  void readTimeout(Duration limit) throws IOException {
    socket.setSoTimeout((int) limit.toMillis());
  }

  void write(String text) throws IOException {
    write(text.getBytes(UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  public Response get(String target, String... headers) throws IOException {
    return request("GET", target, "", headers);
  }

  public Response post(String path, String json, String... headers) throws IOException {
    sendPost(path, json, headers);
    return head();
  }

  void sendPost(String path, String json, String... headers) throws IOException {
    send("POST", path, json, withJson(headers));
  }

  private static String[] withJson(String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Type: application/json";
    return all;
  }

  public Response request(String method, String target, String body, String... headers)
      throws IOException {
    send(method, target, body, headers);
    return head();
  }

  private void send(String method, String target, String body, String... headers)
      throws IOException {
    StringBuilder head =
        new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (Arrays.stream(headers).noneMatch(header -> header.startsWith("Host:"))) {
      head.append("Host: localhost\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    byte[] bytes = body.getBytes(UTF_8);
    if (bytes.length > 0) {
      head.append("Content-Length: ").append(bytes.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(UTF_8));
    all.writeBytes(bytes);
    write(all.toByteArray());
  }

  /** The head of a response, with its body where that has a length. */
  Response head() throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    return new Response(status, headers, new String(in.readNBytes(length), UTF_8));
  }

  /** The next chunk of a response's body; empty at its end. */
  String chunk() throws IOException {
    int length = Integer.parseInt(line(), 16);
    String chunk = new String(in.readNBytes(length), UTF_8);
    line();
    return chunk;
  }

  /** All chunks until the end. */
  public String chunks() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
      all.append(chunk);
    }
    return all.toString();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = read(); b != '\n'; b = read()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  private int read() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException();
    }
    return b;
  }

  /** All that comes until the peer closes. */
  String readAll() throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  InputStream in() {
    return in;
  }

  /** Says that nothing more will be said, and listens on. */
  void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes so that the peer gets a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
