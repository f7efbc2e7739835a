package dev.llamastream.kotlin

import dev.llamastream.GenerationException
import java.util.concurrent.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
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
  ended: (S) -> Unit,
  read: suspend (S) -> R,
): R = coroutineScope {
  // not the result of a call: a cancelled call has none, but may have opened a stream
  var stream: S? = null
  try {
    var late: CancellationException? = null
    runInterruptible(Dispatchers.IO) {
      try {
        stream = open()
      } catch (e: CancellationException) {
        late = e
      }
    }
    val opened = stream ?: throw notCancelled(checkNotNull(late))
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
 * If a request's time is over before it begins, the library throws Java's CancellationException. A
 * coroutine would take it for its own cancellation, and report nothing.
 */
private suspend fun notCancelled(late: CancellationException): GenerationException {
  currentCoroutineContext().ensureActive()
  return GenerationException(late.message ?: "the generation could not begin", late)
}
