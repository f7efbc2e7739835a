package dev.llamastream.server.internal.streams;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** All streams being served. Thread-safe. */
public final class Streams {

  /** In chars. Tokenizing longer prompts takes long enough to delay other requests. */
  private static final int LONG_PROMPT = 8 << 10;

  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final int USUAL_ANSWER = 256;

  private final Engine engine;
  private final Consumer<Duration> onFirstToken;
  private final int limit;
  private final Semaphore places;
  private final FairTurns longPrompts =
      new FairTurns(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
  private final TokenShares shares = new TokenShares();
  private final Set<ServedStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean evicting;

  /**
   * Starts without streams.
   *
   * @param limit the maximum number of open streams
   * @param onFirstToken receives the time from each stream's request to its first text
   */
  public Streams(Engine engine, int limit, Consumer<Duration> onFirstToken) {
    this.engine = engine;
    this.limit = limit;
    this.onFirstToken = onFirstToken;
    places = new Semaphore(limit);
  }

  /**
   * Opens a stream of text.
   *
   * @param arrived when the request arrived, in {@link System#nanoTime}
   * @throws ApiError if too many streams are open, or the engine is closed
   * @throws RuntimeException the engine's exception for a request that it rejects
   */
  public ServedText open(GenerationRequest request, Outbox peer, long arrived) {
    long characters =
        switch (request.prompt()) {
          case Prompt.Text(String text) -> text.length();
          case Prompt.Tokens(List<Integer> ids) -> (long) CHARACTERS_PER_TOKEN * ids.size();
        };
    boolean isLong = request.prompt() instanceof Prompt.Text && characters > LONG_PROMPT;
    Turn turn = new Turn(isLong, request.timeout(), peer);
    return open(
        peer.client(),
        expected(characters, request.maxTokens()),
        share -> {
          GenerationRequest fair = request.toBuilder().priority(share.priority()).build();
          return new ServedText(
              begin(turn, () -> engine.streamWithStats(fair)),
              request.echo(),
              new ServedStream.Origin(peer, this, arrived, share));
        });
  }

  /** Opens an answer in a chat, like {@link #open(GenerationRequest, Outbox, long)}. */
  public ServedChat open(ChatRequest request, Outbox peer, long arrived) {
    long characters = request.messages().stream().mapToLong(one -> one.text().length()).sum();
    Turn turn = new Turn(characters > LONG_PROMPT, request.timeout(), peer);
    return open(
        peer.client(),
        expected(characters, request.maxTokens()),
        share -> {
          ChatRequest fair = request.toBuilder().priority(share.priority()).build();
          return new ServedChat(
              begin(turn, () -> engine.chat(fair)),
              new ServedStream.Origin(peer, this, arrived, share));
        });
  }

  /** How many tokens a stream may use, roughly: it is corrected at the stream's end. */
  private static long expected(long characters, int maxTokens) {
    return characters / CHARACTERS_PER_TOKEN + Math.min(maxTokens, USUAL_ANSWER);
  }

  /**
   * Runs a task that may take long for a long text, in turn with other clients.
   *
   * @param characters the length of the text
   * @throws dev.llamastream.engine.EngineOverloadedException if the engine has no room
   * @throws PeerGoneException if the client disconnects meanwhile
   */
  public <T> T prepare(long characters, Outbox peer, Supplier<T> task) {
    return begin(new Turn(characters > LONG_PROMPT, Duration.ZERO, peer), task);
  }

  /** What the engine does now. */
  public EngineSnapshot snapshot() {
    return engine.snapshot();
  }

  /** The number of tokens that one stream may have. */
  public int tokensPerStream() {
    return engine.tokensPerStream();
  }

  private <S extends ServedStream> S open(
      String client, long expected, Function<TokenShares.Share, S> opener) {
    // parked streams are not in the engine's queue, but they use memory
    if (!places.tryAcquire()) {
      throw ApiError.overloaded(String.format(Locale.ROOT, "%d streams are open", limit));
    }
    TokenShares.Share share = shares.enter(client, expected);
    S served = null;
    try {
      served = opener.apply(share);
      open.add(served);
    } catch (IllegalStateException e) {
      throw ApiError.engineClosed();
    } finally {
      if (served == null) {
        shares.ended(share, 0);
        places.release();
      }
    }
    if (evicting) {
      served.evict();
    }
    return served;
  }

  /**
   * How a stream is opened.
   *
   * @param isLong whether its prompt takes so long that clients take turns
   */
  private record Turn(boolean isLong, Duration timeout, Outbox peer) {}

  /** Opens the stream, unless the client disconnects first. */
  private <T> T begin(Turn turn, Supplier<T> opener) {
    Outbox peer = turn.peer;
    Runnable interrupt = Thread.currentThread()::interrupt;
    peer.onGone(interrupt);
    try {
      if (!turn.isLong) {
        return opener.get();
      }
      engine.requireRoom(); // fail early instead of after the wait for a turn
      return longPrompts.run(peer.client(), turn.timeout, opener);
    } catch (CancellationException | InterruptedException | TimeoutException e) {
      if (peer.isGone()) {
        throw new PeerGoneException();
      }
      throw ApiError.tooSlow();
    } finally {
      peer.forget(interrupt);
      var _ = Thread.interrupted(); // the interrupt was only meant for this call
    }
  }

  void closed(ServedStream stream, TokenShares.Share share) {
    if (open.remove(stream)) {
      StreamStats stats = stream.stats();
      int computed = stats.promptTokens() - stats.cachedPromptTokens() + stats.generatedTokens();
      shares.ended(share, computed);
      places.release();
    }
  }

  void firstToken(TokenShares.Share share, Duration waited) {
    shares.begun(share);
    onFirstToken.accept(waited);
  }

  /** Ends all streams, including ones opened later. */
  public void evict() {
    evicting = true;
    open.forEach(ServedStream::evict);
  }
}
