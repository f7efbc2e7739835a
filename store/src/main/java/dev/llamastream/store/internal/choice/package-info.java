/** Which file of a repository is the model that a name asks for. */
@NullMarked
package dev.llamastream.store.internal.choice;

import org.jspecify.annotations.NullMarked;
