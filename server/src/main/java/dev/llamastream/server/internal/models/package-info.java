/**
 * Several models: which of them are in memory, and who waits for which. {@link
 * dev.llamastream.server.internal.models.Residency} decides, without threads or a clock.
 */
@NullMarked
package dev.llamastream.server.internal.models;

import org.jspecify.annotations.NullMarked;
