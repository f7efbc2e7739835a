/**
 * Who decodes when, and whose cells are whose: a plain state machine without threads, clock or
 * native code. It is told what happens and says what to do next.
 */
@NullMarked
package dev.llamastream.internal.scheduling;

import org.jspecify.annotations.NullMarked;
