package dev.llamastream.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Answers over HTTP with a model in the same process: {@link ChatController}. */
@SpringBootApplication
public class ChatApplication {

  /** Starts the application. */
  public static void main(String[] arguments) {
    SpringApplication.run(ChatApplication.class, arguments);
  }
}
