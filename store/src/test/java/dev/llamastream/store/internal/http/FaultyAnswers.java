package dev.llamastream.store.internal.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;

/** Replaces answers by wrong ones. */
final class FaultyAnswers {

  /** The date of {@link FakePause} when it starts. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private FaultyAnswers() {}

  static FaultyReply spoiled(FaultyRequest request, Fault fault, FaultyServer.Route route) {
    return switch (fault.kind()) {
      case UNAVAILABLE -> FaultyReply.of(503);
      case TOO_MANY_SECONDS -> FaultyReply.of(429).with("Retry-After", "" + fault.at());
      case TOO_MANY_DATE ->
          FaultyReply.of(429).with("Retry-After", date(START.plusSeconds(fault.at())));
      case HTML -> FaultyReply.html("<!DOCTYPE html><title>Sign in</title>");
      case LOOP -> FaultyReply.redirect(302, request.target());
      case RANGE_IGNORED -> route.answer(without("range", request));
      case WRONG_RANGE -> shifted(request, route);
      case WRONG_BYTE -> flipped(fault.at(), route.answer(request));
      default -> route.answer(request);
    };
  }

  static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  private static FaultyRequest without(String header, FaultyRequest request) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.remove(header);
    return new FaultyRequest(request.number(), request.method(), request.target(), headers);
  }

  private static FaultyReply shifted(FaultyRequest request, FaultyServer.Route route) {
    FaultyReply reply = route.answer(request);
    FaultyReply whole = route.answer(without("range", request));
    int length = whole.body().length;
    if (reply.status() != 206 || length < 2) {
      return reply;
    }
    String range = request.header("Range");
    int from = Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
    int other = from == 0 ? 1 : from - 1;
    return FaultyFile.part(whole, whole.body(), other, Math.min(length, other + length / 2 + 1));
  }

  private static FaultyReply flipped(int at, FaultyReply reply) {
    byte[] body = reply.body().clone();
    if (body.length > 0) {
      body[at % body.length] ^= 1;
    }
    return reply.withBody(body);
  }
}
