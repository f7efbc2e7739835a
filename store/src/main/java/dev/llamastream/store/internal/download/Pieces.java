package dev.llamastream.store.internal.download;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which bytes of a file are here, and who fetches the others. Thread-safe. */
final class Pieces {

  /**
   * Bytes that one connection fetches.
   *
   * @param end the position after the last byte; {@link Long#MAX_VALUE} if unknown
   */
  record Piece(long from, long end) {}

  private final long announced;
  private final String sha256;
  private final Ranges done;
  private final List<Piece> taken = new ArrayList<>();
  private long size;
  private String validator;
  private boolean rangesWork = true;
  private long most;

  /**
   * @param announced the size that the file must have; -1 if unknown
   */
  Pieces(Journal journal, long announced) {
    this.announced = announced;
    size = journal.size();
    sha256 = journal.sha256();
    validator = journal.validator();
    done = journal.done().copy();
    most = done.total();
  }

  /**
   * The first missing bytes that nobody fetches.
   *
   * @param longest the most bytes of a piece
   * @return null if all missing bytes are being fetched
   */
  synchronized @Nullable Piece take(long longest) {
    Ranges covered = done.copy();
    taken.forEach(piece -> covered.add(piece.from(), piece.end()));
    long from = covered.firstMissing(0);
    if (from == Long.MAX_VALUE || from == size) {
      return null;
    }
    long limit = size < 0 ? Long.MAX_VALUE : size;
    long end = Math.min(limit, covered.nextPresent(from));
    Piece piece = new Piece(from, longest < end - from ? from + longest : end);
    taken.add(piece);
    return piece;
  }

  /** Gives up what of a piece has not come. */
  synchronized void release(Piece piece) {
    taken.remove(piece);
  }

  /**
   * Takes a whole file instead of a piece, and forgets what has come.
   *
   * @return null if others fetch pieces now
   */
  synchronized @Nullable Piece exchangeForAll(Piece piece, String newValidator) {
    if (taken.size() > 1) {
      return null;
    }
    taken.clear();
    startAnew();
    validator = newValidator;
    Piece all = new Piece(0, size < 0 ? Long.MAX_VALUE : size);
    taken.add(all);
    return all;
  }

  /**
   * Takes note of bytes that have been written.
   *
   * @return whether there are now more than ever
   */
  synchronized boolean advance(long from, long end) {
    done.add(from, end);
    boolean more = done.total() > most;
    most = Math.max(most, done.total());
    return more;
  }

  /** Forgets what has come. No piece may be taken. */
  synchronized void startAnew() {
    done.clear();
    validator = "";
    size = announced;
  }

  synchronized long size() {
    return size;
  }

  synchronized void learnSize(long value) {
    size = value;
  }

  synchronized String validator() {
    return validator;
  }

  synchronized void learnValidator(String value) {
    validator = value;
  }

  /** Whether pieces from several answers may be joined: they can be told to be of one file. */
  synchronized boolean joinable() {
    return rangesWork && (!sha256.isEmpty() || !validator.isEmpty());
  }

  /** Whether to ask for just this piece. Otherwise only the whole file is of use. */
  synchronized boolean servesAlone(Piece piece) {
    boolean all = piece.from() == 0 && (piece.end() == size || piece.end() == Long.MAX_VALUE);
    boolean first = done.total() == 0 && taken.size() == 1;
    return !all && (joinable() || (first && rangesWork));
  }

  synchronized void rangesAreBroken() {
    rangesWork = false;
  }

  synchronized long total() {
    return done.total();
  }

  /** Whether all bytes from the first on are here. */
  synchronized boolean has(long bytes) {
    return done.firstMissing(0) >= bytes;
  }

  synchronized boolean complete() {
    return size >= 0 && done.total() == size;
  }

  synchronized Journal journal() {
    return new Journal(size, sha256, validator, done.copy());
  }
}
