/** LangChain4j's models over llamastream. */
@NullMarked
package dev.llamastream.langchain4j;

import org.jspecify.annotations.NullMarked;
