package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * A web server for tests: each path has a route, and a schedule may spoil its answers. It listens
 * on the loopback interface and keeps all requests.
 */
public final class FaultyServer implements AutoCloseable {

  /** Answers the requests for one path. Called on many threads. */
  @FunctionalInterface
  public interface Route {
    FaultyReply answer(FaultyRequest request);
  }

  /** Says what goes wrong with the answer to a request. Called on many threads. */
  @FunctionalInterface
  public interface Schedule {
    Fault of(FaultyRequest request);
  }

  private final ServerSocket listener;
  private final String scheme;
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final List<FaultyRequest> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Schedule schedule = request -> Fault.NONE;

  public FaultyServer() throws IOException {
    this(ServerSocketFactory.getDefault(), "http");
  }

  public FaultyServer(ServerSocketFactory sockets, String scheme) throws IOException {
    this.scheme = scheme;
    listener = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** The address of a path at {@code localhost}. */
  public URI uri(String path) {
    return URI.create(scheme + "://localhost:" + listener.getLocalPort() + path);
  }

  /** The same server by another name, which is another origin. */
  public URI otherUri(String path) {
    return URI.create(scheme + "://127.0.0.1:" + listener.getLocalPort() + path);
  }

  /** Paths without a route answer 404. The query belongs to no path. */
  public FaultyServer route(String path, Route route) {
    routes.put(path, route);
    return this;
  }

  public FaultyServer route(String path, FaultyReply reply) {
    return route(path, request -> reply);
  }

  public FaultyServer schedule(Schedule value) {
    schedule = value;
    return this;
  }

  public FaultyServer faults(Fault... each) {
    AtomicInteger next = new AtomicInteger();
    return schedule(
        request -> {
          int i = next.getAndIncrement();
          return i < each.length ? each[i] : Fault.NONE;
        });
  }

  /** All requests since the start or {@link #forget}. */
  public List<FaultyRequest> requests() {
    return List.copyOf(requests);
  }

  /** How many connections there were. */
  public int accepted() {
    return accepted.get();
  }

  public void forget() {
    requests.clear();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : connections) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true); // otherwise small answers take 40 ms
        accepted.incrementAndGet();
        connections.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or a failed handshake.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        FaultyRequest request = read(in);
        requests.add(request);
        Fault fault = schedule.of(request);
        FaultyReply reply = FaultyAnswers.spoiled(request, fault, route(request));
        if (!new FaultyWriter(socket, fault).write(request, reply)) {
          return;
        }
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone, or the test is over.
    } finally {
      connections.remove(socket);
    }
  }

  private Route route(FaultyRequest request) {
    return routes.getOrDefault(request.path(), any -> FaultyReply.of(404));
  }

  private FaultyRequest read(InputStream in) throws IOException {
    String[] first = line(in).split(" ");
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    String target = first[1].replaceFirst("^http://[^/]*", ""); // as a proxy gets it
    return new FaultyRequest(number.getAndIncrement(), first[0], target, headers);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  /** The headers of the requests for a path, in the order of their coming. */
  public List<String> headers(String path, String name) {
    List<String> values = new ArrayList<>();
    for (FaultyRequest request : requests) {
      if (request.path().equals(path)) {
        values.add(request.header(name));
      }
    }
    return values;
  }
}
