/** Not exported: what all packages of this library use. */
@NullMarked
package dev.llamastream.internal;

import org.jspecify.annotations.NullMarked;
