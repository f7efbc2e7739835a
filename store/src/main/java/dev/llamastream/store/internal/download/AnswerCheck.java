package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.download.Pieces.Piece;
import dev.llamastream.store.internal.http.Retries;
import dev.llamastream.store.internal.http.TemporaryAnswerException;
import dev.llamastream.store.internal.http.WebStream;
import dev.llamastream.store.internal.http.WrongAnswerException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Whether an answer's body is what was asked for. */
record AnswerCheck(RemoteFile file, Pieces pieces) {

  /**
   * Lets only 200 and 206 pass, and 206 only for the right bytes.
   *
   * @param ranged whether the piece was asked for, and not the whole file
   * @throws IOException if another try may be answered better
   */
  void check(WebStream answer, Piece piece, boolean ranged) throws IOException, StartAnewException {
    int status = answer.status();
    if (Retries.isTemporary(status)) {
      throw new TemporaryAnswerException(answer);
    }
    if (status == 416 && piece.from() > 0) {
      throw new StartAnewException("the file on the server is shorter than before");
    }
    if (status != 200 && status != 206) {
      throw Failures.refused(file.name(), String.valueOf(answer.uri().getHost()), status);
    }
    checkContent(answer);
    if (status == 206) {
      checkRange(answer, piece, ranged);
    } else {
      checkLength(answer);
    }
  }

  private void checkContent(WebStream answer) throws WrongAnswerException {
    if (answer.header("Content-Type").toLowerCase(Locale.ROOT).startsWith("text/html")) {
      throw Failures.wrong(
          file.name(),
          answer.uri().getHost()
              + " sends a web page instead. Open the address in a browser: is there a sign-in?");
    }
    String encoding = answer.header("Content-Encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new WrongAnswerException(file.name() + ": comes encoded as " + encoding);
    }
  }

  private void checkRange(WebStream answer, Piece piece, boolean ranged)
      throws StartAnewException, WrongAnswerException {
    Optional<ContentRange> range = ContentRange.parse(answer.header("Content-Range"));
    long length = answer.length();
    boolean right =
        ranged
            && range.isPresent()
            && range.get().from() == piece.from()
            && range.get().end() <= piece.end()
            && (range.get().size() >= 0 || pieces.size() >= 0)
            && (length < 0 || length == range.get().end() - range.get().from());
    if (!right) {
      pieces.rangesAreBroken();
      throw new StartAnewException("the server sends other bytes than it was asked for");
    }
    long size = range.get().size();
    if (size >= 0 && pieces.size() >= 0 && size != pieces.size()) {
      throw differs(size);
    }
    String validator = Validators.of(answer);
    if (!pieces.validator().isEmpty() && !validator.equals(pieces.validator())) {
      throw new StartAnewException("the file on the server has changed");
    }
  }

  private WrongAnswerException differs(long size) throws StartAnewException {
    if (file.size() < 0) {
      throw new StartAnewException("the file on the server has another length now");
    }
    return new WrongAnswerException(
        String.format(
            Locale.ROOT,
            "%s: the server has %,d bytes instead of %,d",
            file.name(),
            size,
            file.size()));
  }

  private void checkLength(WebStream answer) throws WrongAnswerException, StartAnewException {
    long length = answer.length();
    if (length >= 0 && file.size() >= 0 && length != file.size()) {
      throw differs(length);
    }
    boolean endIsSeen = length >= 0 || !answer.header("Transfer-Encoding").isEmpty();
    if (!endIsSeen && file.size() < 0 && file.sha256().isEmpty()) {
      throw Failures.wrong(
          file.name(), "the server does not say how long it is, so a cut would not be seen");
    }
  }
}
