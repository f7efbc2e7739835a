package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.cycleRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.Token;
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
  @ValueSource(classes = {OfEngine.class, OfContext.class})
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

  /** What both have in common. */
  public abstract static class Verification extends FlowPublisherVerification<Token> {
    private Model model;

    Verification() {
      // for what must come, and where an error is expected a pause of that length; for what must
      // not
      super(new TestEnvironment(1_000, 50));
    }

    @BeforeClass
    public void load() {
      model = Model.load(Engines.CYCLE.path());
      open(model);
    }

    @AfterClass
    public void close() {
      model.close();
    }

    abstract void open(Model opened);

    abstract Flow.Publisher<Token> publisher(GenerationRequest request);

    /** None is empty: every stream has a last token. */
    @Override
    public Flow.Publisher<Token> createFlowPublisher(long elements) {
      int tokens = Math.clamp(elements, 1, Integer.MAX_VALUE);
      return publisher(cycleRequest(0, 1, tokens).build());
    }

    /** There is no publisher that fails before it is asked for anything. */
    @Override
    public Flow.Publisher<Token> createFailedFlowPublisher() {
      return null;
    }

    @Override
    public long maxElementsFromPublisher() {
      return Integer.MAX_VALUE;
    }
  }

  /** {@link Engine#publisher}. */
  public static final class OfEngine extends Verification {
    private Engine engine;

    @Override
    void open(Model opened) {
      engine = Engine.open(opened, Engines.params().streamBuffer(4).build());
    }

    @Override
    Flow.Publisher<Token> publisher(GenerationRequest request) {
      return engine.publisher(request);
    }
  }

  /** {@link Context#publisher}. */
  public static final class OfContext extends Verification {
    private Context context;

    @Override
    void open(Model opened) {
      ContextParams params =
          ContextParams.builder()
              .contextSize(256)
              .contextShift(true)
              .threads(1)
              .batchThreads(1)
              .build();
      context = new Context(opened, params);
    }

    @Override
    Flow.Publisher<Token> publisher(GenerationRequest request) {
      return context.publisher(request);
    }
  }
}
