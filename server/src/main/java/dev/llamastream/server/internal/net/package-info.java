/**
 * One connection: what keeps its peer to the protocols, and what is on its way to it. The handlers
 * in Netty's pipelines are here, and the class that leans on Vert.x's inside.
 */
@NullMarked
package dev.llamastream.server.internal.net;

import org.jspecify.annotations.NullMarked;
