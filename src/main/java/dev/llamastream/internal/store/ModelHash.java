package dev.llamastream.internal.store;

import dev.llamastream.internal.ffm.ModelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The hash of all bytes of a model's files. A note in the store's folder remembers the hash of each
 * file, as long as the file is unchanged.
 */
final class ModelHash {

  private static final String SUFFIX = ".model";
  private static final int CHUNK = 1 << 20;

  private ModelHash() {}

  /**
   * The hash of these files, in order. Takes seconds if a large file is not remembered. An
   * interrupt ends it.
   *
   * @throws IOException also if a file is not the one that was loaded
   */
  static String of(List<ModelFile> files, StoreFolder folder) throws IOException {
    StringBuilder hashes = new StringBuilder();
    for (ModelFile file : files) {
      hashes.append(of(file, folder)).append('\n');
    }
    return Sha256.hex(hashes.toString());
  }

  private static String of(ModelFile file, StoreFolder folder) throws IOException {
    requireUnchanged(file);
    String identity = Sha256.hex(file.path() + "\n" + file.state());
    String name = identity.substring(0, 32) + SUFFIX;
    String known = remembered(folder, name, identity);
    if (!known.isEmpty()) {
      return known;
    }
    String hash = compute(file);
    requireUnchanged(file);
    if (file.settled()) {
      remember(folder, name, note(identity, hash));
    }
    return hash;
  }

  private static void remember(StoreFolder folder, String name, String note) {
    try {
      folder.addNote(name, note.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // the folder can only be read
    }
  }

  private static void requireUnchanged(ModelFile file) throws IOException {
    if (!file.unchanged()) {
      throw new IOException(file.path() + " has changed since it was loaded");
    }
  }

  /** Empty if there is no such note, or it is damaged. */
  private static String remembered(StoreFolder folder, String name, String identity)
      throws IOException {
    try {
      String content = Files.readString(folder.file(name), StandardCharsets.ISO_8859_1);
      int hash = identity.length() + 1;
      String found = content.length() == 3 * hash ? content.substring(hash, 2 * hash - 1) : "";
      return content.equals(note(identity, found)) ? found : "";
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static String note(String identity, String hash) {
    return identity + "\n" + hash + "\n" + Sha256.hex(identity + hash) + "\n";
  }

  private static String compute(ModelFile file) throws IOException {
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
