/** What the packages of the store share: files and folders, JSON, hashes, names. */
@NullMarked
package dev.llamastream.store.internal;

import org.jspecify.annotations.NullMarked;
