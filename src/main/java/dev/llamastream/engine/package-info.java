/**
 * Many streams share one model: {@link dev.llamastream.engine.Engine} decodes them together, shares
 * what their prompts have in common, and lets no slow consumer hold up another.
 */
@NullMarked
package dev.llamastream.engine;

import org.jspecify.annotations.NullMarked;
