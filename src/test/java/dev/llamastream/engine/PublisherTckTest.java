package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.cycleChat;
import static dev.llamastream.engine.Engines.cycleRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Generator;
import dev.llamastream.Model;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The publishers under the Reactive Streams TCK, which is written for TestNG. */
@Timeout(600)
class PublisherTckTest {

  @ParameterizedTest
  @ValueSource(classes = {OfEngine.class, OfContext.class, OfEngineChat.class, OfContextChat.class})
  void passesAllThatIsNotOptional(Class<?> verification) {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG tck = new TestNG(false);
    tck.setUseDefaultListeners(false);
    tck.setVerbose(0);
    tck.setTestClasses(new Class<?>[] {verification});
    tck.addListener(results);
    tck.run();

    assertThat(results.getConfigurationFailures()).isEmpty();
    assertThat(results.getFailedTests())
        .extracting(result -> result.getName() + ": " + result.getThrowable())
        .isEmpty();
    assertThat(results.getPassedTests()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(results.getSkippedTests())
        .extracting(ITestResult::getName)
        .allMatch(
            name ->
                name.startsWith("optional_")
                    || name.startsWith("untested_")
                    // nothing fails before the first demand, when the generation begins
                    || name.startsWith("required_spec109_mayReject"));
  }

  /** What all have in common. */
  public abstract static class Verification<T> extends FlowPublisherVerification<T> {
    private Model model;
    private Generator generator;

    Verification() {
      // for what must come, and where an error is expected a pause of that length; for what must
      // not
      super(new TestEnvironment(1_000, 50));
    }

    @BeforeClass
    public void load() {
      model = Model.load(Engines.CYCLE.path());
      generator = open(model);
    }

    @AfterClass
    public void close() {
      model.close();
    }

    abstract Generator open(Model opened);

    abstract Flow.Publisher<T> publisher(Generator opened, int elements);

    /** None is empty: every stream has a last token. */
    @Override
    public Flow.Publisher<T> createFlowPublisher(long elements) {
      return publisher(generator, Math.clamp(elements, 1, Integer.MAX_VALUE));
    }

    /** There is no publisher that fails before it is asked for anything. */
    @Override
    public Flow.Publisher<T> createFailedFlowPublisher() {
      return null;
    }

    @Override
    public long maxElementsFromPublisher() {
      return Integer.MAX_VALUE;
    }
  }

  private static Engine engine(Model model) {
    return Engine.open(model, Engines.params().streamBuffer(4).build());
  }

  private static Context context(Model model) {
    ContextParams params =
        ContextParams.builder()
            .contextSize(256)
            .contextShift(true)
            .threads(1)
            .batchThreads(1)
            .build();
    return new Context(model, params);
  }

  private static Flow.Publisher<Token> tokens(Generator generator, int tokens) {
    return generator.publisher(cycleRequest(0, 1, tokens).build());
  }

  private static Flow.Publisher<ChatDelta> deltas(Generator generator, int tokens) {
    return generator.publisher(cycleChat(tokens).build());
  }

  /** {@link Engine#publisher(dev.llamastream.GenerationRequest)}. */
  public static final class OfEngine extends Verification<Token> {
    @Override
    Generator open(Model opened) {
      return engine(opened);
    }

    @Override
    Flow.Publisher<Token> publisher(Generator opened, int elements) {
      return tokens(opened, elements);
    }
  }

  /** {@link Context#publisher(dev.llamastream.GenerationRequest)}. */
  public static final class OfContext extends Verification<Token> {
    @Override
    Generator open(Model opened) {
      return context(opened);
    }

    @Override
    Flow.Publisher<Token> publisher(Generator opened, int elements) {
      return tokens(opened, elements);
    }
  }

  /** {@link Engine#publisher(dev.llamastream.chat.ChatRequest)}. */
  public static final class OfEngineChat extends Verification<ChatDelta> {
    @Override
    Generator open(Model opened) {
      return engine(opened);
    }

    @Override
    Flow.Publisher<ChatDelta> publisher(Generator opened, int elements) {
      return deltas(opened, elements);
    }
  }

  /** {@link Context#publisher(dev.llamastream.chat.ChatRequest)}. */
  public static final class OfContextChat extends Verification<ChatDelta> {
    @Override
    Generator open(Model opened) {
      return context(opened);
    }

    @Override
    Flow.Publisher<ChatDelta> publisher(Generator opened, int elements) {
      return deltas(opened, elements);
    }
  }
}
