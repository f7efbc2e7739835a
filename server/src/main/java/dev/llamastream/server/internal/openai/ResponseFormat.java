package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.json.Timings;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Converts the choices of a response to an endpoint's JSON. Each choice has an index. Use one
 * instance per request, because it may hold state.
 *
 * @param <S> the stream of a choice
 * @param <C> a choice of a whole response
 */
interface ResponseFormat<S extends ServedStream, C> {

  /** Waits for the end of a choice, and returns all of it. */
  C choice(int index, S stream);

  /**
   * The whole response, with all choices in order.
   *
   * @param timings null where there are several choices
   */
  Object whole(List<C> choices, Usage usage, @Nullable Timings timings);

  /** The first events of a choice. */
  List<Object> opening(int index);

  /** Waits for the end of a choice. Passes on its events, except those of its opening. */
  void events(int index, S stream, Consumer<Object> receiver);

  /** The event of the token counts, after all choices have ended. */
  Object usage(Usage usage);
}
