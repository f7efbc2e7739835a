package dev.llamastream.structured;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.llamastream.FinishReason;
import dev.llamastream.chat.ChatStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Optional;

/**
 * The type of an answer, and how to read one.
 *
 * @param <T> the type
 */
record AnswerType<T>(ObjectMapper mapper, Type type) {

  private ObjectReader reader() {
    JavaType target = mapper.constructType(type);
    return mapper.readerFor(target).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /** The value of an answer that has ended. */
  T read(String text, ChatStream stream) {
    switch (finishReason(stream)) {
      case END_OF_TEXT, STOP_SEQUENCE -> {}
      case FinishReason cut -> throw StructuredAnswerException.cutOff(text, cut, type);
    }
    try {
      T value = reader().readValue(text);
      if (value == null) {
        throw new IOException("null");
      }
      return value;
    } catch (IOException | RuntimeException e) {
      throw unfit(text, stream, e);
    }
  }

  /** The JSON of an answer that could be read. */
  JsonNode json(String text, ChatStream stream) {
    try {
      return mapper.readTree(text);
    } catch (IOException e) {
      throw unfit(text, stream, e);
    }
  }

  /** The value of a part of an answer, if it is one. */
  Optional<T> tryRead(JsonNode json) {
    try {
      return Optional.ofNullable(reader().<T>readValue(json));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // constructors may throw anything for what is missing
    }
  }

  StructuredAnswerException unfit(String text, ChatStream stream, Exception cause) {
    return StructuredAnswerException.unfit(text, finishReason(stream), type, cause);
  }

  private static FinishReason finishReason(ChatStream stream) {
    return stream.finishReason().orElse(FinishReason.CANCELLED);
  }
}
