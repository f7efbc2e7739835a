package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

/**
 * A short name of a model, from the library's table or the user's own.
 *
 * @param name the short name, as {@link ModelName.Alias#toString()} writes it
 * @param target the model that it stands for; never another alias
 * @param about one line about the model; may be empty
 * @since 0.1.0
 */
public record ModelAlias(String name, ModelName target, String about) {
  public ModelAlias {
    requireNonNull(name, "name");
    requireNonNull(target, "target");
    requireNonNull(about, "about");
  }
}
