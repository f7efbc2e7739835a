package dev.llamastream.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Prompt;
import dev.llamastream.server.Handler;
import dev.llamastream.server.Request;
import dev.llamastream.server.RequestJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/completions}. */
final class CompletionHandler implements Handler {

  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final int MAX_LOGPROBS = 5;

  private record Asked(Wanted wanted, Form form) {}

  @Override
  public void handle(Request request) {
    Asked asked = read(request, request.json());
    Answer.give(request, asked.wanted, asked.form);
  }

  private static Asked read(Request request, RequestJson json) {
    Wanted.refuse(json, "suffix");
    json.integer("best_of", 1, 1, 1);
    int logprobs = json.has("logprobs") ? json.integer("logprobs", 0, 0, MAX_LOGPROBS) : -1;
    boolean echo = json.bool("echo", false);
    if (echo && logprobs >= 0) {
      throw json.error("echo", "not together with logprobs: a prompt's are not computed");
    }
    int maxTokens = json.integer("max_tokens", DEFAULT_MAX_TOKENS, 1, Integer.MAX_VALUE);
    Prompt prompt = prompt(json);
    Wanted wanted = Wanted.read(json, prompt, maxTokens, logprobs);
    return new Asked(wanted, form(request, wanted, echo ? prompt : null));
  }

  private static Form form(Request request, Wanted wanted, @Nullable Prompt echoed) {
    String echo =
        switch (echoed) {
          case Prompt.Text(String text) -> text;
          case Prompt.Tokens(List<Integer> ids) ->
              request.model().tokenizer().decode(ids.stream().mapToInt(i -> i).toArray());
          case null -> "";
        };
    return new CompletionForm(request, wanted.logprobs(), echo);
  }

  /** A text, token ids, or a list of one of these. */
  private static Prompt prompt(RequestJson json) {
    JsonNode prompt = json.node("prompt");
    if (prompt != null
        && prompt.isArray()
        && prompt.size() == 1
        && (prompt.get(0).isTextual() || prompt.get(0).isArray())) {
      prompt = prompt.get(0);
    }
    if (prompt == null || !(prompt.isTextual() || isTokens(prompt))) {
      throw json.error("prompt", "must be one text, or one list of token ids");
    }
    if (prompt.isTextual()) {
      return new Prompt.Text(prompt.textValue());
    }
    List<Integer> ids = new ArrayList<>();
    prompt.forEach(id -> ids.add(id.intValue()));
    return new Prompt.Tokens(ids);
  }

  private static boolean isTokens(JsonNode node) {
    if (!node.isArray() || node.isEmpty()) {
      return false;
    }
    for (JsonNode element : node) {
      if (!element.isInt()) {
        return false;
      }
    }
    return true;
  }
}
