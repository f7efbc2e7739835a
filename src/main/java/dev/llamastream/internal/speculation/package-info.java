/** Proposes tokens that may follow, so that one decode verifies several. */
@NullMarked
package dev.llamastream.internal.speculation;

import org.jspecify.annotations.NullMarked;
