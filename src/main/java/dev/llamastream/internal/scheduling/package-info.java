/**
 * Decides which job decodes when, and which cells each job holds. A plain state machine without
 * threads, clock or native code: its caller reports events and asks for the next step.
 */
@NullMarked
package dev.llamastream.internal.scheduling;

import org.jspecify.annotations.NullMarked;
