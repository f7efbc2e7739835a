package dev.llamastream.server.internal.anthropic;

import dev.llamastream.server.internal.http.ErrorForm;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.RequestHead;
import dev.llamastream.server.internal.http.Router;

/** The routes of Anthropic's API. */
public final class AnthropicRoutes {

  private static final String MESSAGES = "/v1/messages";

  private AnthropicRoutes() {}

  /**
   * Adds all routes. OpenAI's API lists models at the same paths: requests with the header {@code
   * anthropic-version} get Anthropic's form.
   */
  public static void addTo(Router router) {
    MessagesHandler messages = new MessagesHandler();
    router.on("POST", MESSAGES, messages);
    router.on("POST", MESSAGES + "/count_tokens", messages::count);
    router.inFront("/v1/models", openAis -> either(AnthropicModels::list, openAis));
    router.inFront("/v1/models/*", openAis -> either(AnthropicModels::one, openAis));
    router.errors(MESSAGES, AnthropicErrors::body);
    router.errors(
        "/v1",
        (error, head) ->
            isAnthropics(head)
                ? AnthropicErrors.body(error, head)
                : ErrorForm.OPENAI.body(error, head));
  }

  private static Handler either(Handler anthropics, Handler openAis) {
    return request -> (isAnthropics(request) ? anthropics : openAis).handle(request);
  }

  private static boolean isAnthropics(RequestHead head) {
    return head.header("anthropic-version") != null;
  }
}
