/** The library. With this jar come the native libraries of all platforms, as modules. */
module dev.llamastream.all {
  requires transitive dev.llamastream;
}
