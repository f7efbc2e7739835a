package dev.llamastream.store;

import java.util.List;

/**
 * What a pull will download.
 *
 * @param name where the model comes from
 * @param files the names of its files
 * @param totalBytes the size of all files
 * @param presentBytes how much of it an earlier pull has left
 * @since 0.1.0
 */
public record PullPlan(ModelName name, List<String> files, long totalBytes, long presentBytes) {
  public PullPlan {
    files = List.copyOf(files);
  }
}
