package dev.llamastream.server.internal.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The JDK's sockets for Vert.x, with an extra handler on listening sockets. */
final class GuardedTransport implements io.vertx.core.transport.Transport, Transport {

  private final Transport plain = NIO.implementation();
  private final ChannelHandler guard;

  GuardedTransport(ChannelHandler guard) {
    this.guard = guard;
  }

  @Override
  public void configure(TcpConfig config, boolean domain, ServerBootstrap bootstrap) {
    plain.configure(config, domain, bootstrap);
    bootstrap.handler(guard);
  }

  @Override
  public String name() {
    return NIO.name();
  }

  @Override
  public boolean available() {
    return NIO.available();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return NIO.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return this;
  }

  @Override
  public boolean supportsDomainSockets() {
    return plain.supportsDomainSockets();
  }

  @Override
  public java.net.SocketAddress convert(SocketAddress address) {
    return plain.convert(address);
  }

  @Override
  public @Nullable SocketAddress convert(java.net.SocketAddress address) {
    return plain.convert(address);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return plain.ioHandlerFactory();
  }

  @Override
  @SuppressWarnings("deprecation") // Vert.x offers no replacement
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return plain.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
    return plain.datagramChannelFactory();
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domain) {
    return plain.channelFactory(domain);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domain) {
    return plain.serverChannelFactory(domain);
  }
}
