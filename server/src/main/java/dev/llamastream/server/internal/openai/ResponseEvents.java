package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives the events of a response, in their order. */
interface ResponseEvents {

  /** Forgets them: the response is sent whole. */
  ResponseEvents NONE =
      new ResponseEvents() {
        @Override
        public void add(String type, ObjectNode fields) {}

        @Override
        public void more(
            String type, String place, String text, @Nullable List<ChatLogprobs.Chosen> logprobs) {}
      };

  /** Adds an event. */
  void add(String type, ObjectNode fields);

  /**
   * Adds an event that brings more of a text. There may be thousands a second.
   *
   * @param place the JSON of the fields that say where the text is
   * @param logprobs null if the event has none
   */
  void more(String type, String place, String text, @Nullable List<ChatLogprobs.Chosen> logprobs);
}
