import java.security.Provider;
import java.security.SecureRandomSpi;
import java.util.SplittableRandom;

/**
 * Random numbers for Java under Wine. Java's own source asks for the network adapters, and Wine 8 lacks a function for that. On Windows,
 * the JDK asks the system instead, but the runtime of the tests leaves that module out.
 */
public final class WineRandom extends Provider {

  public WineRandom() {
    super("Wine", "1", "not secure: for tests");
    put("SecureRandom.Plain", Plain.class.getName());
  }

  public static final class Plain extends SecureRandomSpi {
    private final SplittableRandom random = new SplittableRandom(System.nanoTime() ^ ProcessHandle.current().pid());

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected synchronized void engineNextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int length) {
      byte[] seed = new byte[length];
      engineNextBytes(seed);
      return seed;
    }
  }
}
