package dev.llamastream.store.internal.download;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.llamastream.store.internal.download.Pieces.Piece;
import dev.llamastream.store.internal.http.Retries;
import dev.llamastream.store.internal.http.WebStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection of a download: fetches pieces until there is none left. */
final class PieceWorker {

  private final Transfer transfer;
  private final RemoteFile file;
  private final Pieces pieces;
  private final PartFile part;
  private final Retries retries;
  private byte[] buffer = new byte[0];

  PieceWorker(Transfer transfer, Retries retries) {
    this.transfer = transfer;
    this.retries = retries;
    file = transfer.file();
    pieces = transfer.pieces();
    part = transfer.part();
  }

  void run() throws InterruptedException, StartAnewException {
    Piece piece = pieces.take(transfer.longestPiece());
    while (piece != null) {
      try {
        fetch(piece);
      } catch (IOException e) {
        retries.afterFailure(file.uri(), e);
      }
      piece = pieces.take(transfer.longestPiece());
    }
  }

  private void fetch(Piece wanted) throws IOException, InterruptedException, StartAnewException {
    boolean ranged = pieces.servesAlone(wanted);
    Piece piece = wanted;
    try (WebStream answer =
        transfer.web().open(file.uri(), file.credentials(), headers(wanted, ranged))) {
      new AnswerCheck(file, pieces).check(answer, wanted, ranged);
      if (answer.status() == 200) {
        Piece all = pieces.exchangeForAll(wanted, Validators.of(answer));
        if (all == null) {
          throw new StartAnewException("the server sends the whole file instead of a piece");
        }
        piece = all;
        part.forgetJournal();
        learnSize(answer.length());
      } else {
        learnSize(ContentRange.parse(answer.header("Content-Range")).orElseThrow().size());
        pieces.learnValidator(Validators.of(answer));
      }
      receive(answer, piece);
    } finally {
      pieces.release(piece);
    }
  }

  private Map<String, String> headers(Piece piece, boolean ranged) {
    Map<String, String> headers = new HashMap<>();
    if (ranged) {
      String last = piece.end() == Long.MAX_VALUE ? "" : Long.toString(piece.end() - 1);
      headers.put("Range", "bytes=" + piece.from() + "-" + last);
      if (!pieces.validator().isEmpty()) {
        headers.put("If-Range", pieces.validator());
      }
    }
    return headers;
  }

  private void learnSize(long size) {
    if (pieces.size() < 0 && size >= 0) {
      pieces.learnSize(size);
      transfer.checkSpace();
    }
  }

  private void receive(WebStream answer, Piece piece)
      throws IOException, InterruptedException, StartAnewException {
    long end = pieces.size() < 0 ? Long.MAX_VALUE : Math.min(piece.end(), pieces.size());
    long at = piece.from();
    try (RandomAccessFile out = part.open()) {
      @Nullable ByteBuffer bytes = answer.next();
      while (bytes != null) {
        if (bytes.remaining() > end - at) {
          transfer.discard();
          throw Failures.wrong(file.name(), "more bytes came than were announced");
        }
        long next = at + bytes.remaining();
        write(out, at, bytes);
        if (pieces.advance(at, next)) {
          retries.progressed();
        }
        at = next;
        checkMagic(out);
        transfer.written(bytes.limit());
        bytes = answer.next();
      }
    }
    if (end == Long.MAX_VALUE) {
      pieces.learnSize(at);
    } else if (at < end) {
      throw new IOException("the connection was cut");
    }
  }

  private void write(RandomAccessFile out, long at, ByteBuffer bytes) {
    int length = bytes.remaining();
    if (buffer.length < length) {
      buffer = new byte[length];
    }
    bytes.get(buffer, 0, length);
    try {
      out.seek(at);
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw Failures.storage(part.path(), e);
    }
  }

  /** Only then do other connections start. */
  private void checkMagic(RandomAccessFile out) {
    int length = file.magic().length();
    if (transfer.looksRight() || !pieces.has(length)) {
      return;
    }
    byte[] first = new byte[length];
    try {
      out.seek(0);
      out.readFully(first);
    } catch (IOException e) {
      throw Failures.storage(part.path(), e);
    }
    if (!new String(first, US_ASCII).equals(file.magic())) {
      transfer.discard();
      throw Failures.wrong(
          file.name(),
          "does not begin with "
              + file.magic()
              + ", as such a file does. Does a proxy ask for a sign-in?");
    }
    transfer.beginsRight();
  }
}
