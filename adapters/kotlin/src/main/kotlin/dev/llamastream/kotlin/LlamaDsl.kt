package dev.llamastream.kotlin

/**
 * Marks the receivers of the builders' blocks: in a nested block, the outer builder is not in
 * scope.
 *
 * @since 0.1.0
 */
@DslMarker @Target(AnnotationTarget.CLASS, AnnotationTarget.TYPE) public annotation class LlamaDsl
