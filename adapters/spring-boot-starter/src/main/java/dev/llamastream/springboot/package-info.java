/** Auto-configuration of llamastream for Spring Boot. */
@NullMarked
package dev.llamastream.springboot;

import org.jspecify.annotations.NullMarked;
