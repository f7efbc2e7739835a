package dev.llamastream.examples.springboot;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/**
 * Streams an answer: {@code curl -N 'localhost:8080/chat?message=Hello'}. A client that hangs up
 * ends its answer at once.
 */
@RestController
class ChatController {

  /** A piece of an answer: as JSON, in which the spaces at its ends survive. */
  record Piece(String text) {}

  private final ChatClient client;

  ChatController(ChatClient.Builder builder) {
    client = builder.build();
  }

  @GetMapping(path = "/chat", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<Piece> chat(@RequestParam String message) {
    return client.prompt().user(message).stream().content().map(Piece::new);
  }
}
