package dev.llamastream.store.internal.hub;

/**
 * A file in a repository at one commit.
 *
 * @param path in the repository, with slashes
 * @param size in bytes
 * @param sha256 of its content; empty if the hub does not say
 * @param blob the name of its content in the cache: its ETag
 */
record HubFile(String path, long size, String sha256, String blob) {}
