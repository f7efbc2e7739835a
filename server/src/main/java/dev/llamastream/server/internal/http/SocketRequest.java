package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.json.ClientNames;
import dev.llamastream.server.internal.net.PeerGoneException;
import dev.llamastream.server.internal.streams.Credits;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One request that runs on a WebSocket. */
final class SocketRequest implements Runnable {

  private final WebSocketSession session;
  private final @Nullable JsonNode id;
  private final ServedModels.Offer model;
  private final Wanted request;
  private final ClientNames clientNames;
  private final long arrived = System.nanoTime();
  private final Credits credits = new Credits();
  private @Nullable Future<?> loading;
  private @Nullable ServedStream stream;
  private boolean cancelled;

  SocketRequest(
      WebSocketSession session,
      @Nullable JsonNode id,
      ServedModels.Offer model,
      Wanted request,
      ClientNames clientNames) {
    this.session = session;
    this.id = id;
    this.model = model;
    this.request = request;
    this.clientNames = clientNames;
  }

  Credits credits() {
    return credits;
  }

  /** Cancels the request. Any thread may call this, even before the stream exists. */
  synchronized void cancel() {
    cancelled = true;
    credits.close();
    if (loading != null) {
      loading.cancel(false);
    }
    if (stream != null) {
      stream.cancel();
    }
  }

  /** Waits until the model is loaded. */
  private ServedModels.Lease lease() throws ExecutionException, InterruptedException {
    CompletableFuture<ServedModels.Lease> lease = model.lease();
    synchronized (this) {
      loading = lease;
      if (cancelled) {
        lease.cancel(false);
      }
    }
    return lease.get();
  }

  private synchronized void begin(ServedStream begun) {
    stream = begun;
    begun.onEvict(credits::close);
    if (cancelled) {
      begun.cancel();
    }
  }

  @Override
  @SuppressWarnings("CatchThrowable") // the client must get a response whatever fails
  public void run() {
    try (ServedModels.Lease lease = lease();
        ServedStream opened = session.open(lease.served(), request, arrived)) {
      begin(opened);
      opened.forEachDelta(credits, this::send);
      session.sendDone(id, this, opened);
    } catch (PeerGoneException e) {
      // the client has disconnected: no error to send
    } catch (CancellationException e) {
      session.sendCancelled(id, this);
    } catch (ExecutionException e) {
      session.sendError(id, this, clientNames, e.getCause() == null ? e : e.getCause());
    } catch (Throwable e) {
      session.sendError(id, this, clientNames, e);
    } finally {
      session.ended(id, this);
    }
  }

  private void send(ChatDelta delta) {
    switch (delta) {
      case ChatDelta.Text(String text) -> session.send("token", id, "content", text);
      case ChatDelta.Thinking(String text) -> session.send("thinking", id, "content", text);
      case ChatDelta.ToolCallBegun begun -> session.sendToolCall(id, DeltaJson.of(begun));
      case ChatDelta.ToolCallArguments more -> session.sendToolCall(id, DeltaJson.of(more));
      case ChatDelta.ToolCallDone _ -> throw new IllegalArgumentException("not sent");
    }
  }
}
