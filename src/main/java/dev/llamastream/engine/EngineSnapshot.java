package dev.llamastream.engine;

/**
 * What an engine is doing at one moment.
 *
 * @param running streams that take part in the next decode
 * @param waiting requests that have not begun, and streams that wait to go on
 * @param parked streams whose consumers do not take what there is
 * @param kvCellsUsed tokens in the KV cache, cached prefixes included
 * @param kvCells how many it has room for
 * @param tokensPerSecond tokens generated per second over the last 10 seconds, by all streams
 */
public record EngineSnapshot(
    int running, int waiting, int parked, int kvCellsUsed, int kvCells, double tokensPerSecond) {}
