/** What the JDK Flight Recorder is told. */
@NullMarked
package dev.llamastream.internal.events;

import org.jspecify.annotations.NullMarked;
