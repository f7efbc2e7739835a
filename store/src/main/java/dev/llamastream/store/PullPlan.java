package dev.llamastream.store;

import java.util.List;

/**
 * What a pull will download.
 *
 * @param name where the model comes from
 * @param files the names of its files
 * @param totalBytes the size of all files; -1 if a server does not say
 * @param presentBytes how much of it an earlier pull has left
 * @since 0.1.0
 */
public record PullPlan(ModelName name, List<String> files, long totalBytes, long presentBytes) {
  public PullPlan {
    files = List.copyOf(files);
  }

  /** For people: {@code hf:owner/name: 4.1 GB in 2 files, of which 1.0 GB are here}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name.toString());
    if (totalBytes >= 0) {
      text.append(": ").append(ByteSize.text(totalBytes));
    }
    if (files.size() > 1) {
      text.append(" in ").append(files.size()).append(" files");
    }
    if (presentBytes > 0) {
      text.append(", of which ").append(ByteSize.text(presentBytes)).append(" are here");
    }
    return text.toString();
  }
}
