package dev.llamastream.server.openai;

import dev.llamastream.Token;
import java.util.List;

/**
 * Text that can be delivered, and the tokens that it came from.
 *
 * @param tokens none unless their probabilities are wanted
 */
record Piece(String text, List<Token> tokens) {}
