/** Models by name, over llamastream: pull, list, show, remove. */
module dev.llamastream.store {
  requires transitive dev.llamastream;
  requires static org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires java.management;
  requires java.net.http;
  requires jdk.management;

  exports dev.llamastream.store;
}
