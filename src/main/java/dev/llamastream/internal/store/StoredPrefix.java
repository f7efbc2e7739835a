package dev.llamastream.internal.store;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A prefix in a file.
 *
 * @param name of the file: the same content always has the same name
 * @param header its beginning
 * @param cells what it holds
 */
record StoredPrefix(String name, PrefixHeader header, StoredCells cells) {

  /** The prefix of a file with this header. */
  static StoredPrefix of(PrefixHeader header, CacheKey cacheKey) {
    StoredCells cells =
        new StoredCells(
            EncodedPrompt.ofTokens(cacheKey, header.tokens()).text(), header.prefilled());
    return new StoredPrefix(name(header), header, cells);
  }

  private static String name(PrefixHeader header) {
    MessageDigest digest = Sha256.digest();
    ByteBuffer encoded = header.encoded();
    digest.update(encoded);
    return HexFormat.of().formatHex(digest.digest(), 0, 16) + StoreFolder.SUFFIX;
  }
}
