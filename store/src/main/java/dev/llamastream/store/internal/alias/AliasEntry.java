package dev.llamastream.store.internal.alias;

import dev.llamastream.store.ModelAlias;
import java.util.List;

/**
 * An alias, and what its table says about the file.
 *
 * @param alias the name and the model that it stands for
 * @param size the file's size in bytes; 0 if it is not known
 * @param sha256 64 hexadecimal digits in lower case; empty if they are not known
 * @param mirrors where else the same file is, in the order to try them
 */
public record AliasEntry(ModelAlias alias, long size, String sha256, List<Mirror> mirrors) {
  public AliasEntry {
    mirrors = List.copyOf(mirrors);
  }
}
