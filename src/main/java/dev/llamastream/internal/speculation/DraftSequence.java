package dev.llamastream.internal.speculation;

import dev.llamastream.internal.ffm.Batch;
import java.util.Arrays;

/** A sequence of a draft model's KV cache. Needs the lease of its context. */
final class DraftSequence {

  private final DraftModel model;
  private final int id;
  private int[] held = new int[256];
  private int length;

  DraftSequence(DraftModel model, int id) {
    this.model = model;
    this.id = id;
  }

  int length() {
    return length;
  }

  /** Forgets what differs from the text, and at least its last token, whose logits are needed. */
  boolean keepCommon(Tokens text) {
    int common = 0;
    while (common < Math.min(length, text.size() - 1) && held[common] == text.at(common)) {
      common++;
    }
    return truncate(common);
  }

  /** Keeps the first tokens; false if the model's memory cannot forget in part. */
  boolean truncate(int newLength) {
    if (newLength < length) {
      if (!model.context().kvCache().truncate(id, newLength)) {
        return false;
      }
      model.freeCells(length - newLength);
      length = newLength;
    }
    return true;
  }

  /** Appends tokens, and computes the logits of the last; false if they do not fit. */
  boolean decode(int... tokens) {
    if (!model.takeCells(tokens.length)) {
      return false;
    }
    Batch batch = model.batch();
    batch.clear();
    for (int i = 0; i < tokens.length; i++) {
      batch.add(tokens[i], length + i, id, i == tokens.length - 1);
    }
    if (!model.context().decode(batch)) {
      throw new IllegalStateException("the draft model is being closed");
    }
    if (length + tokens.length > held.length) {
      held = Arrays.copyOf(held, 2 * (length + tokens.length));
    }
    System.arraycopy(tokens, 0, held, length, tokens.length);
    length += tokens.length;
    return true;
  }
}
