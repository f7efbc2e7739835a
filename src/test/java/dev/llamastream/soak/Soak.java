package dev.llamastream.soak;

/** How much the soak tests do, set with system properties. */
final class Soak {

  /** Makes them shorter, or longer: 0.01 for a hundredth. */
  private static final double SCALE = Double.parseDouble(property("scale", "1"));

  private Soak() {}

  /** So much of what a full run does, at least 1. */
  static long scaled(long full) {
    return Math.max(1, Math.round(SCALE * full));
  }

  /** The value of {@code -Dllamastream.soak.<name>}. */
  static String property(String name, String absent) {
    return System.getProperty("llamastream.soak." + name, absent);
  }
}
