package dev.llamastream.structured;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.llamastream.Generator;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import java.lang.reflect.Type;

/**
 * Asks a model for values of Java types. Makes the JSON schema of the type, has the answer follow
 * it, and reads the value from the answer with Jackson. See docs/structured.md for what the schema
 * enforces.
 *
 * <p>Every property of a type is required, except an {@code Optional} one, one annotated with
 * {@code Nullable}, and one with {@code @JsonProperty(isRequired = OptBoolean.FALSE)}.
 *
 * <p>As thread-safe as the generator. Closing the generator is up to the caller.
 *
 * @since 0.1.0
 */
public final class Structured {

  private final Generator generator;
  private final ObjectMapper mapper;
  private final TypeSchemas schemas;

  private Structured(Generator generator, ObjectMapper mapper) {
    this.generator = requireNonNull(generator, "generator");
    this.mapper = requireNonNull(mapper, "mapper");
    this.schemas = new TypeSchemas(mapper);
  }

  /** Asks this generator, and reads with a mapper that knows {@code Optional} and java.time. */
  public static Structured of(Generator generator) {
    return of(generator, defaultMapper());
  }

  /** Asks this generator, and reads with this mapper. */
  public static Structured of(Generator generator, ObjectMapper mapper) {
    return new Structured(generator, mapper);
  }

  static ObjectMapper defaultMapper() {
    return JsonMapper.builder()
        .addModule(new Jdk8Module())
        .addModule(new JavaTimeModule())
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .build();
  }

  /**
   * The JSON schema of a type, as the model gets it.
   *
   * @throws IllegalArgumentException if the type has none, for instance because of two properties
   *     of one name
   */
  public String schemaOf(Class<?> type) {
    return schemas.of(requireNonNull(type, "type"));
  }

  /** The JSON schema of a type, as {@link #schemaOf(Class)}. */
  public String schemaOf(TypeReference<?> type) {
    return schemas.of(type.getType());
  }

  /**
   * Asks for a value of a type.
   *
   * @param request without tools that the model may call; its response schema is replaced
   * @throws StructuredAnswerException if the answer is cut off or does not fit the type
   * @throws RuntimeException as {@link Generator#chat}
   */
  public <T> T ask(ChatRequest request, Class<T> type) {
    return answer(request, new AnswerType<>(mapper, requireNonNull(type, "type")));
  }

  /** Asks for a value of a generic type, as {@link #ask(ChatRequest, Class)}. */
  public <T> T ask(ChatRequest request, TypeReference<T> type) {
    return answer(request, new AnswerType<>(mapper, type.getType()));
  }

  /**
   * Asks for a value of a type, and shows it while it grows.
   *
   * @param request without tools that the model may call; its response schema is replaced
   * @throws RuntimeException as {@link Generator#chat}
   */
  public <T> PartialStream<T> stream(ChatRequest request, Class<T> type) {
    return stream(request, new AnswerType<>(mapper, requireNonNull(type, "type")));
  }

  /** Asks for a value of a generic type, as {@link #stream(ChatRequest, Class)}. */
  public <T> PartialStream<T> stream(ChatRequest request, TypeReference<T> type) {
    return stream(request, new AnswerType<>(mapper, type.getType()));
  }

  private <T> T answer(ChatRequest request, AnswerType<T> type) {
    try (ChatStream stream = chat(request, type.type())) {
      return type.read(stream.answer().text(), stream);
    }
  }

  private <T> PartialStream<T> stream(ChatRequest request, AnswerType<T> type) {
    return new PartialStream<>(chat(request, type.type()), type);
  }

  private ChatStream chat(ChatRequest request, Type type) {
    return generator.chat(
        request.toBuilder().responseJson(false).responseSchema(schemas.of(type)).build());
  }
}
