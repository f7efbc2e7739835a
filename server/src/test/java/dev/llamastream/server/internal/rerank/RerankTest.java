package dev.llamastream.server.internal.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.Model;
import dev.llamastream.Reranker;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.LocalApi;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /v1/rerank} and its other names. */
@Timeout(300)
class RerankTest {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String PATH = "/v1/rerank";
  private static final List<String> DOCUMENTS = List.of("one", "two", "three");
  private static final String ASK =
      "{\"query\": \"why?\", \"documents\": [\"one\", {\"text\": \"two\"}, \"three\"]%s}";
  private static final String ASK_TEXTS =
      "{\"query\": \"why?\", \"texts\": [\"one\", \"two\", \"three\"]%s}";

  private static Model model;
  private static LocalApi api;
  private static float[] scores;
  private static int tokens;

  /** The indexes of the documents, the best first. */
  private static List<Integer> best;

  @BeforeAll
  static void start() {
    model = Model.load(new TinyEncoder(200, 4).path());
    api = LocalApi.embeddings(model, "ranks");
    try (Reranker reranker = Reranker.open(model)) {
      scores = reranker.score("why?", DOCUMENTS);
      tokens = DOCUMENTS.stream().mapToInt(text -> reranker.countTokens("why?", text)).sum();
    }
    best =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .toList();
  }

  @AfterAll
  static void stop() {
    api.close();
    model.close();
  }

  private static LocalApi.Response post(String json) {
    return api.post(PATH, json).join();
  }

  private static JsonNode json(LocalApi.Response response) throws JsonProcessingException {
    return MAPPER.readTree(response.json());
  }

  private static JsonNode answer(String form, String more) throws JsonProcessingException {
    LocalApi.Response response = post(form.replace("%s", more));
    assertThat(response.status()).as(response.json()).isEqualTo(200);
    return json(response);
  }

  private static List<Integer> indexes(JsonNode results) {
    List<Integer> indexes = new ArrayList<>();
    results.forEach(result -> indexes.add(result.path("index").asInt(-1)));
    return indexes;
  }

  @Test
  void theBestFirst() throws Exception {
    JsonNode answer = answer(ASK, ", \"model\": \"any\", \"user\": \"me\"");
    assertThat(answer.path("object").asText()).isEqualTo("list");
    assertThat(answer.path("model").asText()).isEqualTo("ranks");
    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(tokens);
    assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(tokens);
    JsonNode results = answer.path("results");
    assertThat(indexes(results)).isEqualTo(best);
    for (JsonNode result : results) {
      int index = result.path("index").asInt();
      assertThat(result.path("relevance_score").floatValue())
          .isCloseTo(scores[index], within(1e-4f));
      assertThat(result.at("/document/text").asText()).isEqualTo(DOCUMENTS.get(index));
    }
  }

  @Test
  void someOfThemWithoutTheirTexts() throws Exception {
    JsonNode results = answer(ASK, ", \"top_n\": 2, \"return_documents\": false").path("results");
    assertThat(indexes(results)).isEqualTo(best.subList(0, 2));
    results.forEach(result -> assertThat(result.has("document")).isFalse());
    assertThat(answer(ASK, ", \"top_n\": 99").path("results")).hasSize(3);
  }

  @Test
  void theFormOfTextEmbeddingsInference() throws Exception {
    JsonNode results = answer(ASK_TEXTS, "");
    assertThat(indexes(results)).isEqualTo(best);
    assertThat(results.path(0).path("score").floatValue())
        .isCloseTo(scores[best.getFirst()], within(1e-4f));
    assertThat(results.path(0).has("text")).isFalse();

    JsonNode texts =
        answer(
            ASK_TEXTS,
            ", \"raw_scores\": false, \"return_text\": true, \"truncate\": true, \"top_n\": 1");
    assertThat(texts).hasSize(1);
    assertThat(texts.path(0).path("text").asText()).isEqualTo(DOCUMENTS.get(best.getFirst()));
    assertThat(texts.path(0).path("score").doubleValue())
        .isCloseTo(1 / (1 + Math.exp(-scores[best.getFirst()])), within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rerank", "/reranking", "/v1/reranking"})
  void otherNames(String path) {
    LocalApi.Response response = api.post(path, ASK.replace("%s", "")).join();
    assertThat(response).isEqualTo(post(ASK.replace("%s", "")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          {"documents": ["a"]}; query
          {"query": 1, "documents": ["a"]}; query
          {"query": "a\\u0000", "documents": ["a"]}; query
          {"query": "q"}; documents
          {"query": "q", "documents": []}; documents
          {"query": "q", "documents": "a"}; documents
          {"query": "q", "documents": [1]}; documents[0]
          {"query": "q", "documents": ["a", {"title": "b"}]}; documents[1]
          {"query": "q", "documents": [{"text": "b", "image": "c"}]}; documents[0]
          {"query": "q", "documents": ["a\\u0000"]}; documents
          {"query": "q", "documents": ["a"], "top_n": 0}; top_n
          {"query": "q", "documents": ["a"], "return_documents": 1}; return_documents
          {"query": "q", "documents": ["a"], "rank_fields": ["x"]}; rank_fields
          {"query": "q", "documents": ["a"], "truncate_prompt_tokens": -2}; truncate_prompt_tokens
          {"query": "q", "documents": ["a"], "truncation_direction": "left"}; truncation_direction
          {"query": "q", "documents": ["a"], "texts": ["a"]}; documents
          {"query": "q", "texts": []}; texts
          {"query": "q", "texts": "a"}; texts
          {"query": "q", "texts": ["a"], "raw_scores": "no"}; raw_scores
          {"query": "q", "texts": ["a"], "model": 1}; model
          """)
  void refusedFields(String body, String param) throws Exception {
    LocalApi.Response response = post(body);
    assertThat(response.status()).as(response.json()).isEqualTo(400);
    assertThat(json(response).at("/error/param").asText()).isEqualTo(param);
  }

  @Test
  void tooManyDocuments() throws Exception {
    String all = String.join(",", Collections.nCopies(2_049, "\"x\""));
    LocalApi.Response response = post("{\"query\": \"q\", \"documents\": [" + all + "]}");
    assertThat(response.status()).isEqualTo(400);
    assertThat(json(response).at("/error/message").asText())
        .isEqualTo("documents: 2049 texts, must be at most 2048");
  }

  @Test
  void documentsThatAreTooLong() throws Exception {
    String body = "{\"query\": \"q\", \"documents\": [\"" + "x".repeat(300) + "\"]%s}";
    LocalApi.Response refused = post(body.replace("%s", ""));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(json(refused).at("/error/code").asText()).isEqualTo("context_length_exceeded");

    assertThat(answer(body, ", \"truncate\": true").at("/usage/total_tokens").asInt())
        .isEqualTo(200);
    assertThat(answer(body, ", \"truncate_prompt_tokens\": -1").at("/usage/total_tokens").asInt())
        .isEqualTo(200);
    assertThat(answer(body, ", \"truncate_prompt_tokens\": 10").at("/usage/total_tokens").asInt())
        .isEqualTo(10);
  }

  @Test
  void modelsThatDoNotRank() throws Exception {
    try (Model tiny = Model.load(TinyModel.defaultPath());
        LocalApi other = LocalApi.embeddings(tiny, "")) {
      LocalApi.Response response = other.post(PATH, ASK.replace("%s", "")).join();
      assertThat(response.status()).isEqualTo(400);
      assertThat(json(response).at("/error/type").asText()).isEqualTo("invalid_request_error");
      assertThat(json(response).at("/error/message").asText())
          .isEqualTo("this model does not rank texts: it has no classifier");
    }
  }

  @Test
  void embeddingsAreRefusedInTheClientsWords() throws Exception {
    LocalApi.Response response = api.post("/v1/embeddings", "{\"input\": \"a\"}").join();
    assertThat(response.status()).isEqualTo(400);
    assertThat(json(response).at("/error/code").asText()).isEqualTo("no_embeddings");
    assertThat(json(response).at("/error/message").asText())
        .startsWith("this model ranks texts: ")
        .doesNotContain("Reranker", "Embedder");
  }

  @Test
  void closed() {
    LocalApi closing = LocalApi.embeddings(model, "");
    closing.close();
    assertThat(closing.post(PATH, ASK.replace("%s", "")).join().status()).isEqualTo(503);
  }
}
