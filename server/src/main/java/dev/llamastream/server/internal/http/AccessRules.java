package dev.llamastream.server.internal.http;

import java.util.List;

/**
 * Who may ask.
 *
 * @param host the address that the server listens on
 * @param allowedHosts names that the Host header may have besides; {@code *} for all
 * @param origins of other web pages that may use the server
 * @param token what clients must send; empty for none
 */
public record AccessRules(
    String host, List<String> allowedHosts, List<String> origins, String token) {}
