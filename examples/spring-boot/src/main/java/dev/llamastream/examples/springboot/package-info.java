/** An application of Spring Boot. */
@NullMarked
package dev.llamastream.examples.springboot;

import org.jspecify.annotations.NullMarked;
