package dev.llamastream.cli.batch;

import org.jspecify.annotations.Nullable;

/**
 * A line of a file, without its line break.
 *
 * @param number counts all lines from 1, also blank ones, as an editor does
 * @param crc the CRC-32C of its bytes
 * @param bytes null if there are too many to keep
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record InputLine(int number, int crc, byte @Nullable [] bytes) {}
