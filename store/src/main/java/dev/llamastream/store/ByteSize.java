package dev.llamastream.store;

import java.util.Locale;

/**
 * Sizes as people write them.
 *
 * @since 0.1.0
 */
public final class ByteSize {

  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

  private ByteSize() {}

  /** For instance {@code 812 bytes}, {@code 98.4 MB}, {@code 40.0 GB}: powers of 1000. */
  public static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.95 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? bytes + " " + UNITS[0]
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
