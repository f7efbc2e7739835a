/**
 * What clients send and get as JSON, and the errors that they are told. Knows nothing of HTTP's
 * machinery.
 */
@NullMarked
package dev.llamastream.server.internal.json;

import org.jspecify.annotations.NullMarked;
