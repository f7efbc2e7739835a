/**
 * What a program may give to the server: for now, a library of models for clients that pull some.
 */
@NullMarked
package dev.llamastream.server.spi;

import org.jspecify.annotations.NullMarked;
