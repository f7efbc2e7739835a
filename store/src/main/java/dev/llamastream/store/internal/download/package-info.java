/** Large files over HTTP: resumed, checked, and renamed when they are whole. */
@NullMarked
package dev.llamastream.store.internal.download;

import org.jspecify.annotations.NullMarked;
