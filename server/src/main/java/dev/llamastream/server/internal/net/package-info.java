/**
 * One connection: what keeps its peer to the protocols, and what is on its way to it. All that
 * leans on Netty and on Vert.x's inside is here.
 */
@NullMarked
package dev.llamastream.server.internal.net;

import org.jspecify.annotations.NullMarked;
