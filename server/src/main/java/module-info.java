/**
 * Serves llamastream's streams over HTTP.
 *
 * <p>The module path needs {@code --add-exports
 * io.vertx.core/io.vertx.core.net.impl=dev.llamastream.server}. The class path needs no flag.
 */
@SuppressWarnings("requires-automatic") // Micrometer's modules are automatic
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
  exports dev.llamastream.server.spi;

  // responses are records that Jackson writes by reflection
  opens dev.llamastream.server.internal.json to
      com.fasterxml.jackson.databind;
  opens dev.llamastream.server.internal.openai to
      com.fasterxml.jackson.databind;
}
