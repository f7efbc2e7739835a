/**
 * Many streams on one model. {@link dev.llamastream.engine.Engine} decodes them together and shares
 * their common prefixes. A slow consumer does not delay the other streams.
 */
@NullMarked
package dev.llamastream.engine;

import org.jspecify.annotations.NullMarked;
