package dev.llamastream.kotlin

import dev.llamastream.Context
import dev.llamastream.ContextParams
import dev.llamastream.Embedder
import dev.llamastream.EmbedderParams
import dev.llamastream.Model
import dev.llamastream.ModelParams
import dev.llamastream.Reranker
import dev.llamastream.RerankerParams
import dev.llamastream.SamplerParams
import dev.llamastream.engine.Engine
import dev.llamastream.engine.EngineParams

/**
 * Parameters for loading a model. The block calls the methods of the builder.
 *
 * @since 0.1.0
 */
public fun modelParams(block: @LlamaDsl ModelParams.Builder.() -> Unit): ModelParams =
  ModelParams.builder().apply(block).build()

/**
 * Parameters for opening a context, as [modelParams].
 *
 * @since 0.1.0
 */
public fun contextParams(block: @LlamaDsl ContextParams.Builder.() -> Unit): ContextParams =
  ContextParams.builder().apply(block).build()

/**
 * Parameters for opening an engine, as [modelParams]. Its context can be a block of its own:
 * `engineParams { slots(8); context { contextSize(16384) } }`.
 *
 * @since 0.1.0
 */
public fun engineParams(block: @LlamaDsl EngineParams.Builder.() -> Unit): EngineParams =
  EngineParams.builder().apply(block).build()

/**
 * Parameters for opening an embedder, as [modelParams].
 *
 * @since 0.1.0
 */
public fun embedderParams(block: @LlamaDsl EmbedderParams.Builder.() -> Unit): EmbedderParams =
  EmbedderParams.builder().apply(block).build()

/**
 * Parameters for opening a reranker, as [modelParams].
 *
 * @since 0.1.0
 */
public fun rerankerParams(block: @LlamaDsl RerankerParams.Builder.() -> Unit): RerankerParams =
  RerankerParams.builder().apply(block).build()

/**
 * How tokens are chosen, as [modelParams].
 *
 * @since 0.1.0
 */
public fun samplerParams(block: @LlamaDsl SamplerParams.Builder.() -> Unit): SamplerParams =
  SamplerParams.builder().apply(block).build()

/**
 * The context that all streams of an engine share: [EngineParams.context]. Starts from the defaults
 * of an engine.
 *
 * @since 0.1.0
 */
public fun EngineParams.Builder.context(
  block: @LlamaDsl ContextParams.Builder.() -> Unit
): EngineParams.Builder =
  context(EngineParams.defaults().context().toBuilder().apply(block).build())

/**
 * Opens an engine on this model: [Engine.open]. The caller closes it, with `use` for instance.
 *
 * @since 0.1.0
 */
public fun Model.openEngine(block: @LlamaDsl EngineParams.Builder.() -> Unit = {}): Engine =
  Engine.open(this, engineParams(block))

/**
 * Opens a context on this model: [Context]. The caller closes it.
 *
 * @since 0.1.0
 */
public fun Model.openContext(block: @LlamaDsl ContextParams.Builder.() -> Unit = {}): Context =
  Context(this, contextParams(block))

/**
 * Opens an embedder on this model: [Embedder.open]. The caller closes it.
 *
 * @since 0.1.0
 */
public fun Model.openEmbedder(block: @LlamaDsl EmbedderParams.Builder.() -> Unit = {}): Embedder =
  Embedder.open(this, embedderParams(block))

/**
 * Opens a reranker on this model: [Reranker.open]. The caller closes it.
 *
 * @since 0.1.0
 */
public fun Model.openReranker(block: @LlamaDsl RerankerParams.Builder.() -> Unit = {}): Reranker =
  Reranker.open(this, rerankerParams(block))
