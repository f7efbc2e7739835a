/** Checks GBNF grammars before native code, which trusts them, sees one. Pure Java. */
@NullMarked
package dev.llamastream.internal.grammar;

import org.jspecify.annotations.NullMarked;
