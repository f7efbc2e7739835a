/** Checks GBNF grammars before they reach native code, which trusts them. Pure Java. */
@NullMarked
package dev.llamastream.internal.grammar;

import org.jspecify.annotations.NullMarked;
