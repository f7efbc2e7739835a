package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_POINTER;

import dev.llamastream.Dry;
import dev.llamastream.InvalidValueException;
import dev.llamastream.LlamaException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The most recently used DRY samplers, for streams to copy: creating one searches the whole
 * vocabulary. Thread-safe.
 */
final class DryTemplates {

  private static final int KEPT = 8;

  private record Key(Dry dry, int lastN) {
    /** The key limits the memory to what these tokens need. */
    static Key of(Dry dry, int tokens) {
      return new Key(dry, Math.min(dry.lastN(), tokens));
    }
  }

  private final ModelHandle model;
  // in order of use, the most recent last
  private final LinkedHashMap<Key, Template> templates = new LinkedHashMap<>();

  DryTemplates(ModelHandle model) {
    this.model = model;
  }

  /** Whether a template for it exists. */
  synchronized boolean has(Dry dry, int tokens) {
    return templates.containsKey(Key.of(dry, tokens));
  }

  /**
   * Lends an {@code ls_dry}.
   *
   * @param tokens the maximum number of tokens that it will receive
   */
  <T> T lend(Dry dry, int tokens, Function<MemorySegment, T> copy) {
    Key key = Key.of(dry, tokens);
    Template template = acquire(key);
    if (template == null) {
      template = new Template(model, key);
      template.lifetime.acquire();
      keep(key, template);
    }
    try {
      return copy.apply(template.dry);
    } finally {
      template.lifetime.release();
    }
  }

  private synchronized @Nullable Template acquire(Key key) {
    Template template = templates.remove(key);
    if (template != null) {
      templates.putLast(key, template);
      template.lifetime.acquire();
    }
    return template;
  }

  private void keep(Key key, Template template) {
    List<Template> gone = new ArrayList<>();
    synchronized (this) {
      Template other = templates.putLast(key, template);
      if (other != null) {
        gone.add(other);
      }
      if (templates.size() > KEPT) {
        gone.add(templates.pollFirstEntry().getValue());
      }
    }
    gone.forEach(Template::close);
  }

  /** Frees all templates, when the model is no longer used. */
  void free() {
    templates.values().forEach(Template::close);
  }

  private static final class Template {
    private final Arena arena = Arena.ofShared();
    private final Lifetime lifetime = new Lifetime("the template", false, arena::close);
    private final MemorySegment dry;

    Template(ModelHandle model, Key key) {
      boolean made = false;
      try (Arena temporary = Arena.ofConfined()) {
        NativeError error = new NativeError(temporary);
        MemorySegment pointer =
            LibLlama.ls_dry_new(
                model.segment(),
                (float) key.dry.multiplier(),
                (float) key.dry.base(),
                key.dry.allowedLength(),
                key.lastN,
                strings(key.dry.breakers(), temporary),
                key.dry.breakers().size(),
                error.segment());
        if (pointer.equals(MemorySegment.NULL)) {
          LlamaException cause = error.generationFailure();
          throw error.fatal() ? cause : new InvalidValueException("dry.breakers", cause);
        }
        dry = Owned.object(pointer, arena, LibLlama::ls_dry_free);
        made = true;
      } finally {
        if (!made) {
          arena.close();
        }
      }
    }

    private static MemorySegment strings(List<String> texts, Arena arena) {
      MemorySegment array = arena.allocate(C_POINTER, texts.size());
      for (int i = 0; i < texts.size(); i++) {
        array.setAtIndex(C_POINTER, i, arena.allocateFrom(texts.get(i)));
      }
      return array;
    }

    /** Frees the template when no thread copies it any more. */
    void close() {
      lifetime.close(() -> {});
    }
  }
}
