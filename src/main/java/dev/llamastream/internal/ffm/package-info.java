/**
 * Safe handles over the bindings: one small class per native subsystem. All calls into native code
 * go through this package, with arguments that are already checked.
 */
@NullMarked
package dev.llamastream.internal.ffm;

import org.jspecify.annotations.NullMarked;
