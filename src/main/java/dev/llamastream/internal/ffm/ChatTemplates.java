package dev.llamastream.internal.ffm;

import dev.llamastream.ChatTemplateException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.CancellationException;

/**
 * The chat templates of a model: its own, and those that requests give. The latest of these are
 * kept, because reading a template takes longer than using it. Thread-safe. The caller holds a
 * lease of the model.
 */
public final class ChatTemplates {

  /** How long a template may run if the request has no timeout. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** How many given templates are kept: each takes memory. */
  private static final int MAX_KEPT = 4;

  /** In characters. Those of real models have some 20,000. */
  private static final int MAX_KEPT_LENGTH = 1 << 15;

  private final ModelHandle model;
  private final ChatTemplate own;

  /** By their texts; the one that was used last comes last. Guarded by itself. */
  private final LinkedHashMap<String, ChatTemplate> given = new LinkedHashMap<>(16, 0.75f, true);

  ChatTemplates(ModelHandle model) {
    this.model = model;
    own = new ChatTemplate(model, "");
  }

  /**
   * Makes a chat a prompt.
   *
   * @param template a template to use in place of the model's; empty for the model's
   * @param request JSON, see llamastream.h
   * @param nowSeconds the time that a template sees, since 1970; 0 for the present
   * @param timeout how long this may take; zero for no limit
   * @throws ChatTemplateException if the model has no template, or the template or llama.cpp
   *     refuses the chat
   * @throws CancellationException if the caller is interrupted or times out
   */
  public ChatFormat apply(
      String template, String request, boolean trust, long nowSeconds, Duration timeout) {
    Duration limit = timeout.isZero() || timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    long start = System.nanoTime();
    try {
      return BigStackThread.interpret(
          model,
          timeout,
          () ->
              template(template)
                  .use(limit, chat -> ChatFormat.of(chat, request, trust, nowSeconds, limit)),
          ChatFormat::free);
    } catch (ChatTemplateException e) {
      // llama.cpp was told the same limit, and may be the first to notice
      if (!timeout.isZero() && System.nanoTime() - start >= timeout.toNanos()) {
        throw (CancellationException)
            new CancellationException("timeout: over before the prompt was prepared").initCause(e);
      }
      throw e;
    }
  }

  private ChatTemplate template(String text) {
    if (text.isEmpty()) {
      return own;
    }
    if (text.length() > MAX_KEPT_LENGTH) {
      ChatTemplate once = new ChatTemplate(model, text);
      once.freeWhenUnused();
      return once;
    }
    synchronized (given) {
      ChatTemplate template = given.computeIfAbsent(text, _ -> new ChatTemplate(model, text));
      if (given.size() > MAX_KEPT) {
        given.pollFirstEntry().getValue().freeWhenUnused();
      }
      return template;
    }
  }

  /** Called when the model is no longer used. */
  void free() {
    own.freeWhenUnused();
    synchronized (given) {
      given.values().forEach(ChatTemplate::freeWhenUnused);
      given.clear();
    }
  }
}
