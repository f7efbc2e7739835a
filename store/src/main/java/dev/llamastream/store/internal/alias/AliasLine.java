package dev.llamastream.store.internal.alias;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName;
import java.util.List;

/**
 * An entry of a table as its file has it.
 *
 * @param file where it is
 * @param key as it is written there
 * @param target a model or another alias
 */
record AliasLine(
    AliasFile file,
    String key,
    ModelName.Alias name,
    ModelName target,
    String about,
    long size,
    String sha256,
    List<Mirror> mirrors) {

  InvalidValueException wrong(String what) {
    return file.wrong(key, what);
  }
}
