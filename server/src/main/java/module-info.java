/**
 * Serves llamastream's streams over HTTP.
 *
 * <p>On the module path it needs {@code --add-exports
 * io.vertx.core/io.vertx.core.net.impl=dev.llamastream.server}, on the class path nothing.
 */
@SuppressWarnings("requires-automatic") // Micrometer's have names, but no descriptors
module dev.llamastream.server {
  requires transitive dev.llamastream;
  requires static org.jspecify;
  requires com.fasterxml.jackson.annotation;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.vertx.core;
  requires micrometer.core;
  requires micrometer.registry.prometheus;

  exports dev.llamastream.server;

  // answers are records, written by reflection
  opens dev.llamastream.server.internal.openai to
      com.fasterxml.jackson.databind;
}
