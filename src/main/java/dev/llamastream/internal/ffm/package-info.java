/**
 * Safe handles over the bindings: one small class per native subsystem. Everything that crosses
 * into native code crosses here, with its arguments already checked.
 */
@NullMarked
package dev.llamastream.internal.ffm;

import org.jspecify.annotations.NullMarked;
