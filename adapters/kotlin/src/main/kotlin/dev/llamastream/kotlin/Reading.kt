package dev.llamastream.kotlin

import dev.llamastream.GenerationException
import java.util.concurrent.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible

/**
 * Opens a stream and reads it. The stream ends as soon as the coroutine is cancelled, whatever the
 * reader does at that moment, and at the latest when the reader returns or throws.
 *
 * @param open may block; runs on an I/O thread, which is interrupted if the coroutine is cancelled
 */
internal suspend fun <S : AutoCloseable, R> reading(
  open: () -> S,
  ended: (S) -> Unit = {},
  read: suspend (S) -> R,
): R = coroutineScope {
  // not the result of the call: a cancelled call has none, but may have opened a stream
  var stream: S? = null
  try {
    val opened = runInterruptible(Dispatchers.IO) { notCancelled(open).also { stream = it } }
    val watch =
      launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
        try {
          awaitCancellation()
        } finally {
          opened.close()
        }
      }
    try {
      read(opened)
    } finally {
      watch.cancel()
    }
  } finally {
    stream?.let {
      it.close()
      ended(it)
    }
  }
}

/**
 * The library says in Java's way that a request was too late, which would silently end a coroutine.
 * If the coroutine was cancelled, nobody sees this exception.
 */
private fun <S> notCancelled(open: () -> S): S =
  try {
    open()
  } catch (e: CancellationException) {
    throw GenerationException(e.message ?: "the request was cancelled", e)
  }
