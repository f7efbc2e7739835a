package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** The way of one request through redirects. */
final class Redirects {

  private static final int MOST = 10;
  private static final Set<Integer> STATUS = Set.of(301, 302, 303, 307, 308);

  private final Follow follow;
  private final Set<URI> seen = new HashSet<>();
  private URI at;

  Redirects(URI start, Follow follow) {
    this.follow = follow;
    at = start;
    seen.add(start);
  }

  URI at() {
    return at;
  }

  /**
   * Goes on if the answer is a redirect to follow.
   *
   * @param location the header; empty if there is none
   * @return false if the answer is the last one
   * @throws ModelStoreException if the redirect is a loop or unsafe
   */
  boolean follow(int status, String location) {
    if (!STATUS.contains(status) || follow == Follow.NONE || location.isEmpty()) {
      return false;
    }
    URI next = resolve(location);
    if (follow == Follow.SAME_ORIGIN && !Origin.of(next).equals(Origin.of(at))) {
      return false;
    }
    if (Origin.of(at).scheme().equals("https") && !Origin.of(next).scheme().equals("https")) {
      throw refused(
          "redirects from https to "
              + Origin.shown(next)
              + ", where anybody could change the file");
    }
    if (!seen.add(next)) {
      throw refused("redirects in a circle");
    }
    if (seen.size() > MOST + 1) {
      throw refused("redirects more than " + MOST + " times");
    }
    at = next;
    return true;
  }

  private URI resolve(String location) {
    URI next;
    try {
      next = at.resolve(location.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw refused("redirects to something that is no address");
    }
    String scheme = Origin.of(next).scheme();
    if (next.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw refused(
          "redirects to " + next.getScheme() + "://, which is no address of a web server");
    }
    return next;
  }

  private ModelStoreException refused(String what) {
    return new ModelStoreException(
        Reason.UNREACHABLE,
        at.getHost()
            + " "
            + what
            + ". Look at "
            + Origin.shown(at)
            + " in a browser, or use another mirror");
  }
}
