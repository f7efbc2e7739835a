package dev.llamastream.internal.cache;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.llamastream.KvCacheType;
import dev.llamastream.StateException;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.prompt.EncodedPrompt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The saved form of a context: a header, the fingerprint of what it belongs to, the cached tokens,
 * libllama's state of the sequence, and a checksum over all of it. libllama receives only bytes
 * that match the checksum. Little-endian on every machine.
 */
public final class SavedState {

  private static final int MAGIC = 0x53534c4c; // "LLSS"
  private static final int VERSION = 2;
  private static final int CHECKSUM_CHUNK = 1 << 28;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // magic, version, token count, prefilled count, state size
  private static final int TOKENS_OFFSET = 8;
  private static final int PREFILLED_OFFSET = 12;
  private static final int SIZE_OFFSET = 16;
  private static final int FINGERPRINT_OFFSET = 24;
  private static final int FINGERPRINT_SIZE = 32;
  private static final int HEADER_SIZE = FINGERPRINT_OFFSET + FINGERPRINT_SIZE;
  private static final int CHECKSUM_SIZE = 4;

  private final ContextHandle context;
  private final CachedPrefix cache;
  private final byte[] fingerprint;

  /**
   * For one context. Every call needs the context's lease.
   *
   * @param type how its keys and values are stored
   */
  public SavedState(ContextHandle context, CachedPrefix cache, KvCacheType type) {
    this.context = context;
    this.cache = cache;
    this.fingerprint = sha256(context.cacheKey() + " " + type);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Saves to an array. */
  public byte[] save() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = save(arena);
      if (image.byteSize() > Integer.MAX_VALUE - 8) {
        throw new StateException(
            String.format(
                Locale.ROOT, "state: %d bytes, too large for an array", image.byteSize()));
      }
      return image.toArray(JAVA_BYTE);
    }
  }

  /** Saves to a file. */
  public void save(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      StateFile.write(path, save(arena));
    }
  }

  /** Restores from an array. */
  public void load(byte[] image) {
    // a copy, so that the checked bytes are the ones used
    restore(MemorySegment.ofArray(image.clone()));
  }

  /** Restores from a file. */
  public void load(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      restore(StateFile.read(path, arena));
    }
  }

  private MemorySegment save(Arena arena) {
    if (!cache.cells().isPlain()) {
      throw new StateException("state: the context holds more than tokens, which cannot be saved");
    }
    int[] tokens = cache.cells().tokens();
    if (cache.intactLength() < tokens.length) {
      throw new StateException(
          "state: the context has been shifted: what it holds is no beginning of a text");
    }
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment state = context.kvCache().save(temporary);
      MemorySegment image =
          arena.allocate(HEADER_SIZE + 4L * tokens.length + state.byteSize() + CHECKSUM_SIZE);
      image.set(INT, 0, MAGIC);
      image.set(INT, 4, VERSION);
      image.set(INT, TOKENS_OFFSET, tokens.length);
      image.set(INT, PREFILLED_OFFSET, cache.prefilledLength());
      image.set(LONG, SIZE_OFFSET, state.byteSize());
      MemorySegment.copy(fingerprint, 0, image, JAVA_BYTE, FINGERPRINT_OFFSET, FINGERPRINT_SIZE);
      MemorySegment.copy(tokens, 0, image, INT, HEADER_SIZE, tokens.length);
      MemorySegment.copy(state, 0, image, HEADER_SIZE + 4L * tokens.length, state.byteSize());
      image.set(INT, image.byteSize() - CHECKSUM_SIZE, checksum(image));
      return image;
    }
  }

  private void restore(MemorySegment image) {
    int count = check(image);
    int[] tokens = image.asSlice(HEADER_SIZE, 4L * count).toArray(INT);
    for (int token : tokens) {
      if (token < 0 || token >= context.vocab().size()) {
        throw new StateException(
            String.format(Locale.ROOT, "state: token %d is not in the vocabulary", token));
      }
    }
    MemorySegment state = image.asSlice(HEADER_SIZE + 4L * count, image.get(LONG, SIZE_OFFSET));
    Optional<String> refusal;
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment copy = temporary.allocate(Math.max(1, state.byteSize()));
      copy.copyFrom(state);
      refusal = context.kvCache().load(copy.asSlice(0, state.byteSize()));
    }
    if (refusal.isPresent()) {
      context.kvCache().clear();
      cache.truncate(0);
      throw new StateException("state: refused by llama.cpp: " + refusal.get());
    }
    cache.replaced(
        EncodedPrompt.ofTokens(context.cacheKey(), tokens).text(),
        image.get(INT, PREFILLED_OFFSET));
  }

  /** Checks everything except the state itself; returns the number of tokens. */
  private int check(MemorySegment image) {
    long size = image.byteSize();
    if (size < HEADER_SIZE + CHECKSUM_SIZE || image.get(INT, 0) != MAGIC) {
      throw new StateException("state: not a saved context");
    }
    if (image.get(INT, 4) != VERSION) {
      throw new StateException(
          String.format(Locale.ROOT, "state: version %d, must be %d", image.get(INT, 4), VERSION));
    }
    int count = image.get(INT, TOKENS_OFFSET);
    long stateSize = image.get(LONG, SIZE_OFFSET);
    long room = size - HEADER_SIZE - CHECKSUM_SIZE;
    if (count < 0 || 4L * count > room || stateSize != room - 4L * count) {
      throw new StateException(
          String.format(Locale.ROOT, "state: truncated or damaged: it has %d bytes", size));
    }
    if (image.get(INT, size - CHECKSUM_SIZE) != checksum(image)) {
      throw new StateException("state: damaged: the checksum is wrong");
    }
    byte[] saved = image.asSlice(FINGERPRINT_OFFSET, FINGERPRINT_SIZE).toArray(JAVA_BYTE);
    if (!Arrays.equals(saved, fingerprint)) {
      throw new StateException("state: of another model, or another kind of KV cache");
    }
    int prefilled = image.get(INT, PREFILLED_OFFSET);
    if (prefilled < 0 || prefilled > count) {
      throw new StateException(
          String.format(Locale.ROOT, "state: %d of %d tokens prefilled", prefilled, count));
    }
    if (count > context.contextSize()) {
      throw new StateException(
          String.format(
              Locale.ROOT,
              "state: %d tokens, but the context holds %d",
              count,
              context.contextSize()));
    }
    return count;
  }

  private static int checksum(MemorySegment image) {
    CRC32C crc = new CRC32C();
    long end = image.byteSize() - CHECKSUM_SIZE;
    for (long from = 0; from < end; from += CHECKSUM_CHUNK) {
      long length = Math.min(CHECKSUM_CHUNK, end - from);
      crc.update(image.asSlice(from, length).asByteBuffer());
    }
    return (int) crc.getValue();
  }
}
