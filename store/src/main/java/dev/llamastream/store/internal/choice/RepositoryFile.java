package dev.llamastream.store.internal.choice;

/**
 * A file in a repository.
 *
 * @param path with slashes
 * @param size in bytes
 */
public record RepositoryFile(String path, long size) {

  /** The last part of the path. */
  String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder that it is in, without its parents; empty for the root. */
  String folderName() {
    String folders = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    return folders.substring(folders.lastIndexOf('/') + 1);
  }
}
