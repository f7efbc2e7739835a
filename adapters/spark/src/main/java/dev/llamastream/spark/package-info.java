/** llamastream in Spark: a transformer and SQL functions. */
@NullMarked
package dev.llamastream.spark;

import org.jspecify.annotations.NullMarked;
