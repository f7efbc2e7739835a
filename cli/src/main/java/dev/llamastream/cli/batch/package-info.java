/** Answers all lines of a file with one engine, and continues where it was stopped. */
@NullMarked
package dev.llamastream.cli.batch;

import org.jspecify.annotations.NullMarked;
