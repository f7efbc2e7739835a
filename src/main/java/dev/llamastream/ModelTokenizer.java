package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.ffm.ModelHandle;

/** The tokenizer of a {@link Model}. */
record ModelTokenizer(ModelHandle model) implements Tokenizer {

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    requireNonNull(text, "text");
    model.lifetime().acquire();
    try {
      return model.vocab().tokenize(text, addSpecial, parseSpecial);
    } finally {
      model.lifetime().release();
    }
  }

  @Override
  public String decode(int[] tokens) {
    requireNonNull(tokens, "tokens");
    model.lifetime().acquire();
    try {
      int[] checked = tokens.clone();
      for (int token : checked) {
        model.vocab().check("tokens", token);
      }
      return model.vocab().detokenize(checked);
    } finally {
      model.lifetime().release();
    }
  }

  @Override
  public byte[] bytes(int token) {
    model.lifetime().acquire();
    try {
      return model.vocab().bytes(model.vocab().check("token", token));
    } finally {
      model.lifetime().release();
    }
  }

  @Override
  public byte[] piece(int token) {
    model.lifetime().acquire();
    try {
      return model.vocab().piece(model.vocab().check("token", token));
    } finally {
      model.lifetime().release();
    }
  }

  @Override
  public FimTokens fimTokens() {
    model.lifetime().acquire();
    try {
      return model.vocab().fimTokens();
    } finally {
      model.lifetime().release();
    }
  }

  @Override
  public int[] fillInMiddle(int[] before, int[] after) {
    requireNonNull(before, "before");
    requireNonNull(after, "after");
    model.lifetime().acquire();
    try {
      return model.vocab().fillInMiddle(before.clone(), after.clone());
    } finally {
      model.lifetime().release();
    }
  }
}
