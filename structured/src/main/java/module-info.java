/**
 * Answers and tools as Java types, over llamastream's chat.
 *
 * <p>On the module path, a module opens the packages of its own types to {@code
 * com.fasterxml.jackson.databind}, and those of its tools to this module.
 */
module dev.llamastream.structured {
  requires transitive dev.llamastream;
  requires static org.jspecify;
  requires transitive com.fasterxml.jackson.core;
  requires transitive com.fasterxml.jackson.databind;
  requires com.fasterxml.classmate;
  requires com.fasterxml.jackson.annotation;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires com.fasterxml.jackson.datatype.jsr310;
  requires com.github.victools.jsonschema.generator;
  requires com.github.victools.jsonschema.module.jackson;
  requires com.github.victools.jsonschema.module.jakarta.validation;

  exports dev.llamastream.structured;
}
