package dev.llamastream.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A model was loaded. */
@Name("dev.llamastream.ModelLoad")
@Label("Model Load")
@Category("llamastream")
@StackTrace(false)
public final class ModelLoadEvent extends Event {

  @Label("Path")
  String path = "";

  @Label("Size of the Weights")
  @DataAmount
  long size;

  /** The model is loaded. */
  public void loaded(String file, long bytes) {
    path = file;
    size = bytes;
    commit();
  }
}
