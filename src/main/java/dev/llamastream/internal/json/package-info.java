/**
 * JSON as text and as values, for what crosses the native interface and for saved conversations.
 */
@NullMarked
package dev.llamastream.internal.json;

import org.jspecify.annotations.NullMarked;
