package dev.llamastream.cli.batch;

/**
 * Why a line has no answer.
 *
 * @param code for programs
 * @param message for people
 */
record Failure(String code, String message) {}
