package dev.llamastream.store.internal.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.List;

/** Runs Go templates: translates them, and lets the library's chat engine render the result. */
final class TranslatedTemplate implements AutoCloseable {

  static final ChatMessage SYSTEM = ChatMessage.system("Be brief.");
  static final ChatMessage HELLO = ChatMessage.user("Hello!");
  static final ChatMessage HI = ChatMessage.assistant("Hi.");
  static final ChatMessage MORE = ChatMessage.user("More?");

  private final Model model = Model.load(TinyModel.defaultPath());

  /** The translation, which must exist. */
  static String jinja(String go) {
    List<String> constructs = new ArrayList<>();
    String jinja = GoTemplate.translate(go, constructs::add);
    assertThat(constructs).as("%s", go).isEmpty();
    assertThat(jinja).as("%s", go).isNotEmpty();
    return jinja;
  }

  String render(String go, ChatMessage... messages) {
    return render(go, List.of(messages), List.of());
  }

  String render(String go, List<ChatMessage> messages, List<Tool> tools) {
    return apply(ChatRequest.builder(messages).tools(tools).template(jinja(go)));
  }

  String apply(ChatRequest.Builder request) {
    return model.applyChatTemplate(request.build());
  }

  @Override
  public void close() {
    model.close();
  }
}
