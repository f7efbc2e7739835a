package dev.llamastream.kotlin

import java.nio.file.Path
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.flow.take

/** What docs/frameworks.md shows. */
@Suppress("unused")
internal suspend fun sky(path: Path) {
  loadModel(path).use { model ->
    model
      .openEngine { slots(8) }
      .use { engine ->
        val request = chatRequest {
          messages {
            system("Be brief.")
            user("Why is the sky blue?")
          }
          maxTokens(200)
          timeout(30.seconds)
          sampler { temperature(0.2) }
        }
        engine.texts(request, onEnd = { println("[${it.finishReason}]") }).take(40).collect(::print)
        println(engine.awaitAnswer(request).text())
      }
  }
}
