package dev.llamastream.internal.prompt;

/** A part of a prompt. Equal segments, behind equal ones, fill their cells with equal values. */
public interface Segment {

  /** How many cells of the KV cache it takes. */
  int length();

  /** How many positions it takes: as many as cells, or fewer where cells share a position. */
  int positions();
}
