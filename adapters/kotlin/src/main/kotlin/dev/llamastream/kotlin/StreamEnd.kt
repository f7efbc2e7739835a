package dev.llamastream.kotlin

import dev.llamastream.FinishReason
import dev.llamastream.StreamStats

/**
 * How a generation ended. Immutable.
 *
 * @property finishReason why it ended: [FinishReason.CANCELLED] if the flow was not collected to
 *   its end, [FinishReason.FAILED] if it throws
 * @property stats the statistics at the end
 * @since 0.1.0
 */
public class StreamEnd
internal constructor(public val finishReason: FinishReason, public val stats: StreamStats) {
  override fun toString(): String = "StreamEnd[finishReason=$finishReason, stats=$stats]"
}
