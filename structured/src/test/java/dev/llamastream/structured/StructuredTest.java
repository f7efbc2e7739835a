package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.FinishReason;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StructuredTest {

  record City(String name, int people, Optional<List<String>> sights) {}

  record Checked(String name, int age) {
    Checked {
      if (name.isEmpty()) {
        throw new IllegalStateException("a name must not be empty");
      }
    }
  }

  private static final ChatRequest REQUEST =
      ChatRequest.builder(ChatMessage.user("Describe Rome.")).responseJson(true).build();
  private static final String ROME = "{\"name\": \"Rome\", \"people\": 2800000}";

  private static Structured answering(String... pieces) {
    return Structured.of(new ScriptedChat(FinishReason.END_OF_TEXT, pieces));
  }

  @Test
  void anAnswerBecomesAValue() {
    assertThat(
            answering("{\"name\": \"Ro", "me\", \"people\": 28000", "00}").ask(REQUEST, City.class))
        .isEqualTo(new City("Rome", 2_800_000, Optional.empty()));
  }

  @Test
  void anAnswerBecomesAValueOfAGenericType() {
    assertThat(answering("[" + ROME + "]").ask(REQUEST, new TypeReference<List<City>>() {}))
        .containsExactly(new City("Rome", 2_800_000, Optional.empty()));
  }

  @Test
  void theSchemaOfTheTypeGoesIntoTheRequest() {
    ScriptedChat chat = new ScriptedChat(FinishReason.END_OF_TEXT, ROME);
    Structured structured = Structured.of(chat);

    structured.ask(REQUEST, City.class);

    assertThat(chat.requests)
        .containsExactly(
            REQUEST.toBuilder()
                .responseJson(false)
                .responseSchema(structured.schemaOf(City.class))
                .build());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"END_OF_TEXT", "STOP_SEQUENCE"})
  void anAnswerThatIsCutOffIsNoValue(FinishReason reason) {
    Structured structured = Structured.of(new ScriptedChat(reason, "{\"name\": \"Ro"));

    assertThatExceptionOfType(StructuredAnswerException.class)
        .isThrownBy(() -> structured.ask(REQUEST, City.class))
        .withMessage("the answer was cut off (" + reason + ") before the City was whole")
        .satisfies(
            e -> {
              assertThat(e.text()).isEqualTo("{\"name\": \"Ro");
              assertThat(e.finishReason()).isEqualTo(reason);
              assertThat(e.target()).isEqualTo(City.class);
            });
  }

  @Test
  void aNumberThatIsCutOffIsNoValue() {
    Structured structured = Structured.of(new ScriptedChat(FinishReason.MAX_TOKENS, "12"));

    assertThatExceptionOfType(StructuredAnswerException.class)
        .isThrownBy(() -> structured.ask(REQUEST, Integer.class));
  }

  @Test
  void anAnswerThatDoesNotFitIsNoValue() {
    for (String answer :
        List.of("", "Rome", "{\"name\": []}", ROME + " and more", "null", "{\"other\": 1}")) {
      assertThatExceptionOfType(StructuredAnswerException.class)
          .isThrownBy(() -> answering(answer).ask(REQUEST, City.class))
          .withMessageStartingWith("the answer is no City: ")
          .satisfies(e -> assertThat(e.text()).isEqualTo(answer))
          .satisfies(e -> assertThat(e.finishReason()).isEqualTo(FinishReason.END_OF_TEXT));
    }
  }

  @Test
  void aValueThatItsConstructorRefusesIsNoValue() {
    assertThatExceptionOfType(StructuredAnswerException.class)
        .isThrownBy(() -> answering("{\"name\":\"\",\"age\":1}").ask(REQUEST, Checked.class))
        .withMessageContaining("a name must not be empty");
  }

  @Test
  void aStreamShowsEachValueThatIsComplete() {
    PartialStream<City> stream =
        answering(
            "{\"name", "\": \"Ro", "me\", \"people\": 28", "00000, \"sights\":[\"For", "um\"", "]}")
            .stream(REQUEST, City.class);

    List<String> states = new ArrayList<>();
    List<Optional<City>> values = new ArrayList<>();
    stream.forEach(
        partial -> {
          states.add(partial.json() + (partial.whole() ? "!" : ""));
          values.add(partial.value());
        });

    assertThat(states)
        .containsExactly(
            "{}",
            "{\"name\":\"Rome\"}",
            "{\"name\":\"Rome\",\"people\":2800000,\"sights\":[]}",
            "{\"name\":\"Rome\",\"people\":2800000,\"sights\":[\"Forum\"]}",
            "{\"name\":\"Rome\",\"people\":2800000,\"sights\":[\"Forum\"]}!");
    assertThat(values.get(1)).contains(new City("Rome", 0, Optional.empty()));
    assertThat(values.getLast())
        .contains(new City("Rome", 2_800_000, Optional.of(List.of("Forum"))));
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(stream::next);
  }

  @Test
  void aStateDoesNotChangeLater() {
    PartialStream<City> stream =
        answering("{\"name\":\"Rome\"", ",\"people\":1}").stream(REQUEST, City.class);

    Partial<City> first = stream.next();
    stream.next();

    assertThat(first.json()).hasToString("{\"name\":\"Rome\"}");
  }

  @Test
  void aPartialMayHaveNoValueYet() {
    PartialStream<Checked> stream =
        answering("{", "\"name\":\"Ann\",\"age\":5", "}").stream(REQUEST, Checked.class);

    assertThat(stream.next().value()).isEmpty();
    assertThat(stream.next().value()).contains(new Checked("Ann", 0));
    assertThat(stream.next().value()).contains(new Checked("Ann", 5));
  }

  @Test
  void aStreamThatIsCutOffEndsWithAnException() {
    PartialStream<City> stream =
        Structured.of(new ScriptedChat(FinishReason.TIMEOUT, "{\"name\":\"Rome\"", ",")).stream(
            REQUEST, City.class);

    assertThat(stream.next().json()).hasToString("{\"name\":\"Rome\"}");
    assertThatExceptionOfType(StructuredAnswerException.class)
        .isThrownBy(stream::hasNext)
        .satisfies(e -> assertThat(e.finishReason()).isEqualTo(FinishReason.TIMEOUT));
    assertThat(stream.hasNext()).isFalse();
  }

  @Test
  void aStreamOfWhatIsNoJsonIsCancelled() {
    ScriptedChat chat = new ScriptedChat(FinishReason.END_OF_TEXT, "{\"name\":", "Rome", "}");
    PartialStream<City> stream = Structured.of(chat).stream(REQUEST, City.class);
    stream.next();

    assertThatExceptionOfType(StructuredAnswerException.class)
        .isThrownBy(stream::next)
        .satisfies(e -> assertThat(e.text()).isEqualTo("{\"name\":Rome"));
    assertThat(chat.cancelled).isEqualTo(1);
  }

  @Test
  void closingAStreamCancelsIt() {
    ScriptedChat chat = new ScriptedChat(FinishReason.END_OF_TEXT, ROME);
    Structured.of(chat).stream(REQUEST, new TypeReference<City>() {}).close();

    assertThat(chat.cancelled).isEqualTo(1);
  }

  @Test
  void theMapperOfTheCallerNamesTheProperties() {
    record Person(String firstName) {}
    Structured structured =
        Structured.of(
            new ScriptedChat(FinishReason.END_OF_TEXT, "{\"first_name\":\"Ann\"}"),
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());

    assertThat(structured.schemaOf(Person.class)).contains("\"required\":[\"first_name\"]");
    assertThat(structured.ask(REQUEST, Person.class)).isEqualTo(new Person("Ann"));
  }
}
