package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.llamastream.FimTokens;
import dev.llamastream.Prompt;
import dev.llamastream.Token;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;

/** {@code /infill}: what is missing between two texts. */
final class InfillHandler implements Handler {

  private static final String EXTRA = "input_extra";

  @Override
  public void handle(Request request) {
    CompletionResponder.announce(request);
    requireTokens(request.model().tokenizer().fimTokens());
    TextNode begun = TextNode.valueOf(request.json().text("prompt", ""));
    InfillPrompt.Texts texts =
        new InfillPrompt.Texts(
            tokens(request, "input_prefix"),
            MixedText.tokens(request, "prompt", begun, false, true),
            tokens(request, "input_suffix"),
            extra(request));
    InfillPrompt prompt = new InfillPrompt(request.model().tokenizer());
    int room = request.tokensPerStream();
    List<Integer> ids = prompt.tokens(texts, room, CompletionRequest.maxTokens(request));
    CompletionResponder.give(
        request, CompletionRequest.read(request, List.of(new Prompt.Tokens(ids))));
  }

  private static void requireTokens(FimTokens fim) {
    if (!fim.canFillIn()) {
      throw new ApiError(
          400, // not llama.cpp's 501: clients would try again
          "not_supported_error",
          "no_infill",
          "Infill is not supported by this model:"
              + missing("prefix", fim.prefix())
              + missing("suffix", fim.suffix())
              + missing("middle", fim.middle()));
    }
  }

  private static String missing(String name, int token) {
    return token == Token.NONE ? " " + name + " token is missing." : "";
  }

  private static List<Integer> tokens(Request request, String field) {
    JsonNode node = request.json().node(field);
    if (node == null) {
      throw request.json().error(field, "missing, must be a text");
    }
    return MixedText.tokens(request, field, node, false, false);
  }

  /** The tokens of other files, each after its name. */
  private static List<Integer> extra(Request request) {
    InfillPrompt prompt = new InfillPrompt(request.model().tokenizer());
    List<InfillPrompt.File> files =
        request.json().objects(EXTRA).stream().map(InfillHandler::file).toList();
    long characters = files.stream().mapToLong(file -> file.text().length()).sum();
    return request.prepare(characters, () -> prompt.tokens(files));
  }

  private static InfillPrompt.File file(RequestJson file) {
    return new InfillPrompt.File(file.text("filename", "tmp"), file.text("text"));
  }
}
