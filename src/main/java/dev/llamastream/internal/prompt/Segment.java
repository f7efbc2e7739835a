package dev.llamastream.internal.prompt;

/** A part of a prompt. Equal segments after equal ones fill their cells with equal values. */
public interface Segment {

  /** The number of KV cache cells that it takes. */
  int length();

  /** The number of positions: one per cell, or fewer if cells share a position. */
  int positions();
}
