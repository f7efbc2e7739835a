package dev.llamastream.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The states of a value while it is generated. It is as lazy as its {@link ChatStream}. For one
 * thread; any thread may call {@link #close()}.
 *
 * @param <T> the type of the value
 * @since 0.1.0
 */
@SuppressWarnings("IterableAndIterator") // usable in for loops and by hand; iterated once
public final class PartialStream<T>
    implements Iterator<Partial<T>>, Iterable<Partial<T>>, AutoCloseable {

  private final ChatStream stream;
  private final Iterator<String> texts;
  private final AnswerType<T> type;
  private final GrowingJson growing;
  private final StringBuilder text = new StringBuilder();
  private @Nullable Partial<T> next;
  private boolean ended;

  PartialStream(ChatStream stream, AnswerType<T> type) {
    this.stream = stream;
    this.texts = stream.texts();
    this.type = type;
    this.growing = new GrowingJson(type.mapper().getNodeFactory());
  }

  /**
   * Whether there is another state. Decodes until there is.
   *
   * @throws StructuredAnswerException if the answer was cut off or does not fit the type
   */
  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      next = texts.hasNext() ? grown(texts.next()) : whole();
    }
    return next != null;
  }

  /**
   * The next state. The last one is {@link Partial#whole()}.
   *
   * @throws StructuredAnswerException if the answer was cut off or does not fit the type
   * @throws NoSuchElementException if there is none
   */
  @Override
  public Partial<T> next() {
    Partial<T> result = hasNext() ? next : null;
    if (result == null) {
      throw new NoSuchElementException("the answer has ended");
    }
    next = null;
    return result;
  }

  private @Nullable Partial<T> grown(String piece) {
    text.append(piece);
    try {
      if (!growing.read(piece)) {
        return null;
      }
    } catch (IOException e) {
      ended = true;
      stream.cancel();
      throw type.unfit(text.toString(), stream, e);
    }
    return growing.json().map(json -> new Partial<>(json, false, type::tryRead)).orElse(null);
  }

  private Partial<T> whole() {
    ended = true;
    T value = type.read(text.toString(), stream);
    JsonNode json = type.json(text.toString(), stream);
    return new Partial<>(json, true, again -> Optional.of(type.tryRead(again).orElse(value)));
  }

  /** Returns this stream itself: it can be iterated only once. */
  @Override
  public Iterator<Partial<T>> iterator() {
    return this;
  }

  /** Cancels the answer. */
  @Override
  public void close() {
    stream.close();
  }
}
