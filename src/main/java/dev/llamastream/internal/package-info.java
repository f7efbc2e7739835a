/** Not exported: utilities for all packages of this library. */
@NullMarked
package dev.llamastream.internal;

import org.jspecify.annotations.NullMarked;
