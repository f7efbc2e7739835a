/** Small answers and streams over HTTP: redirects, retries, proxies. */
@NullMarked
package dev.llamastream.store.internal.http;

import org.jspecify.annotations.NullMarked;
