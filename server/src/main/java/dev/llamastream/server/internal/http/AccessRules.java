package dev.llamastream.server.internal.http;

import java.util.List;

/**
 * Access rules for clients.
 *
 * @param host the address that the server listens on
 * @param allowedHosts additional names accepted in the Host header; {@code *} accepts all
 * @param origins origins of other web pages that may use the server
 * @param tokens clients must send one of them, unless there are none
 */
public record AccessRules(
    String host, List<String> allowedHosts, List<String> origins, List<String> tokens) {}
