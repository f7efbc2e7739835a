package dev.llamastream.soak;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.Resident;
import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/**
 * The program of {@link StressTest}: threads open, stream, cancel and close what they share, as
 * fast as they can. Each seed is a second of it; then all is closed, and nothing may be left.
 */
final class Stress {

  private static final int THREADS = 16;
  private static final long ROUND_NANOS = 1_000_000_000;

  /** A worker thread of a context bears the name of the thread that opened it. */
  private static final String NAME = "stress";

  /** So many rounds at the beginning, and at the end, are looked at for memory. */
  private static final int EDGE = 5;

  private static final double MAX_GROWTH = 0.05;

  /** What those who share may hear. */
  private static final Pattern SHARED =
      Pattern.compile(
          "the (context|model) is closed"
              + "|the context is in use by thread .*"
              + "|another thread is pulling from this stream");

  private static final LongAdder CALLS = new LongAdder();
  private static final LongAdder REFUSED = new LongAdder();
  private static final LongAdder ENDED = new LongAdder();

  private final AtomicReference<Model> model = new AtomicReference<>();
  private final List<AtomicReference<Context>> contexts = new ArrayList<>();
  private final List<AtomicReference<TokenStream>> streams = new ArrayList<>();

  private Stress() {
    model.set(Model.load(TinyModel.defaultPath()));
    for (int i = 0; i < THREADS / 2; i++) {
      contexts.add(new AtomicReference<>());
      streams.add(new AtomicReference<>());
    }
  }

  public static void main(String[] args) throws Exception {
    long handles = 0;
    List<Long> resident = new ArrayList<>();
    for (long seed = Long.parseLong(args[0]); seed < Long.parseLong(args[1]); seed++) {
      System.out.println("seed " + seed);
      new Stress().round(seed);
      resident.add(Resident.trimmedKib());
      System.out.println("resident " + resident.getLast() + " KiB");
      if (resident.size() == 1) {
        handles = Resident.handles();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "total %d calls, of them %d refused and %d at an end; %d handles, before %d%n",
        CALLS.sum(),
        REFUSED.sum(),
        ENDED.sum(),
        Resident.handles(),
        handles);
    if (Resident.handles() > handles) {
      System.out.println("failed file handles are left");
    }
    if (resident.size() > 3 * EDGE) {
      memory(resident);
    }
  }

  /** The least of some rounds: what the JIT compiler needs for its work comes and goes. */
  private static void memory(List<Long> resident) {
    int size = resident.size();
    long before = resident.subList(EDGE, 2 * EDGE).stream().min(Long::compare).orElseThrow();
    long after = resident.subList(size - EDGE, size).stream().min(Long::compare).orElseThrow();
    System.out.printf(Locale.ROOT, "total resident %d KiB, before %d KiB%n", after, before);
    if (after > before * (1 + MAX_GROWTH)) {
      System.out.println("failed resident memory grew");
    }
  }

  private void round(long seed) throws InterruptedException {
    long end = System.nanoTime() + ROUND_NANOS;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * THREADS + i);
      threads.add(
          Thread.ofPlatform()
              .name(NAME)
              .uncaughtExceptionHandler(Stress::failed)
              .start(
                  () -> {
                    while (System.nanoTime() < end) {
                      call(random);
                      CALLS.increment();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    model.get().close();
    nothingLeft();
  }

  private static void failed(Thread thread, Throwable thrown) {
    thrown.printStackTrace(System.out);
    System.out.println("failed threw " + thrown);
  }

  /** Each context has a worker thread, and each model is a mapping of the file. */
  private static void nothingLeft() throws InterruptedException {
    for (int i = 0; i < 100 && Resident.threads(NAME) > 0; i++) {
      Thread.sleep(50); // a thread of Java's that was joined may be about to end
    }
    if (Resident.threads(NAME) > 0) {
      System.out.printf(Locale.ROOT, "failed %d contexts are left%n", Resident.threads(NAME));
    }
    if (Resident.mapped(TinyModel.defaultPath())) {
      System.out.println("failed a model is left");
    }
  }

  private void call(Random random) {
    int slot = random.nextInt(contexts.size());
    AtomicReference<Context> context = contexts.get(slot);
    AtomicReference<TokenStream> stream = streams.get(slot);
    int kind = random.nextInt(200);
    try {
      if (kind == 0) {
        model.getAndSet(Model.load(TinyModel.defaultPath())).close();
      } else if (kind < 10 || context.get() == null) {
        close(context.getAndSet(open()));
      } else if (kind < 15) {
        context.get().close();
      } else if (kind < 80 || stream.get() == null) {
        stream.set(context.get().generateStream("abc", 20, SamplerParams.greedy()));
      } else if (kind < 110) {
        stream.get().cancel();
      } else if (stream.get().hasNext()) {
        stream.get().tokens().next();
      }
    } catch (NoSuchElementException e) {
      ENDED.increment(); // another thread took the last token
    } catch (IllegalStateException e) {
      if (!SHARED.matcher(e.getMessage()).matches()) {
        throw e;
      }
      REFUSED.increment();
    }
  }

  /** With a worker, which tells whether it was closed. */
  private Context open() {
    return new Context(
        model.get(), ContextParams.builder().contextSize(256).threads(2).batchThreads(2).build());
  }

  private static void close(Context context) {
    if (context != null) {
      context.close();
    }
  }
}
