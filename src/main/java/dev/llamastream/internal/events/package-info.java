/** Events for the JDK Flight Recorder. */
@NullMarked
package dev.llamastream.internal.events;

import org.jspecify.annotations.NullMarked;
