package dev.llamastream.internal.prompt;

import dev.llamastream.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The actual or intended content of a sequence of the KV cache: a prompt or a part of one, and the
 * tokens after it. Grows at its end. Not thread-safe.
 */
public final class EncodedText {

  /** A segment that is not tokens, and its first cell. */
  private record Block(int start, Segment segment) {
    int end() {
      return start + segment.length();
    }
  }

  private final CacheKey key;
  // NONE for the cells of a block
  private int[] ids;
  private int length;
  private List<Block> blocks;
  // whether another text shares the array, which must not be modified then
  private boolean shared;

  /** Creates an empty text. */
  public EncodedText(CacheKey key) {
    this(key, new int[256], 0, List.of());
  }

  EncodedText(CacheKey key, List<Segment> segments) {
    this(key, new int[segments.stream().mapToInt(Segment::length).sum()], 0, List.of());
    for (Segment segment : segments) {
      if (segment instanceof TokenIds tokens) {
        System.arraycopy(tokens.ids(), 0, ids, length, tokens.length());
      } else {
        Arrays.fill(ids, length, length + segment.length(), Token.NONE);
        blocks = with(new Block(length, segment));
      }
      length += segment.length();
    }
  }

  private EncodedText(CacheKey key, int[] ids, int length, List<Block> blocks) {
    this.key = key;
    this.ids = ids;
    this.length = length;
    this.blocks = blocks;
  }

  private List<Block> with(Block block) {
    List<Block> more = new ArrayList<>(blocks);
    more.add(block);
    return List.copyOf(more);
  }

  /** A copy that grows independently. */
  public EncodedText copy() {
    return first(length);
  }

  /** A copy of the first {@code count} cells that grows independently. */
  public EncodedText first(int count) {
    EncodedText copy = new EncodedText(key, ids, count, blocksUpTo(count));
    copy.shared = true;
    shared = true;
    return copy;
  }

  private List<Block> blocksUpTo(int count) {
    return blocks.isEmpty()
        ? blocks
        : blocks.stream().filter(block -> block.end() <= count).toList();
  }

  /** The key of what its cells are computed with. */
  public CacheKey key() {
    return key;
  }

  /** The number of cells. */
  public int length() {
    return length;
  }

  /** The token of a cell; {@link Token#NONE} for a cell without a token. */
  public int token(int index) {
    return ids[index];
  }

  /** The tokens in order, without the cells that have none. */
  public int[] tokens() {
    return isPlain()
        ? Arrays.copyOf(ids, length)
        : Arrays.stream(ids, 0, length).filter(id -> id != Token.NONE).toArray();
  }

  /** Whether every cell has a token. */
  public boolean isPlain() {
    return blocks.isEmpty();
  }

  /**
   * The position of a cell, or of one after the last. The cells of a block take one position each
   * until the block has no more, and then share the last.
   */
  public int position(int index) {
    return blocks.isEmpty() ? index : positionAmongBlocks(index);
  }

  private int positionAmongBlocks(int index) {
    int position = index;
    for (Block block : blocks) {
      if (block.start() < index) {
        int into = Math.min(index, block.end()) - block.start();
        boolean inside = index < block.end();
        int most = block.segment().positions() - (inside ? 1 : 0);
        position -= into - Math.min(into, most);
      }
    }
    return position;
  }

  /**
   * How many cells lie before this position. A block counts only if a cell after it also does: for
   * a block at the very end, its completeness is unknown.
   */
  public int cellsBefore(int position) {
    int extra = 0;
    for (Block block : blocks) {
      int start = block.start() - extra;
      if (position <= start) {
        break;
      }
      if (position <= start + block.segment().positions()) {
        return block.start();
      }
      extra += block.segment().length() - block.segment().positions();
    }
    return Math.min(position + extra, length);
  }

  /** The length of the common prefix in cells, at most {@code max}. Counts only whole blocks. */
  public int common(EncodedText other, int max) {
    if (!key.equals(other.key)) {
      return 0;
    }
    int limit = Math.min(max, Math.min(length, other.length));
    int mismatch = Arrays.mismatch(ids, 0, limit, other.ids, 0, limit);
    int common = mismatch < 0 ? limit : mismatch;
    return blocks.isEmpty() && other.blocks.isEmpty() ? common : commonBlocks(other, common);
  }

  private int commonBlocks(EncodedText other, int common) {
    int shorter = common;
    for (Block block : blocks) {
      if (!other.blocks.contains(block) || block.end() > common) {
        shorter = Math.min(shorter, block.start());
      }
    }
    for (Block block : other.blocks) {
      if (!blocks.contains(block)) {
        shorter = Math.min(shorter, block.start());
      }
    }
    return shorter;
  }

  /** Adds a token. */
  public void append(int token) {
    reserve(length + 1);
    ids[length++] = token;
  }

  /** Appends the cells [from, to) of another text, which are the ones that follow here. */
  public void append(EncodedText other, int from, int to) {
    int at = length;
    reserve(at + to - from);
    System.arraycopy(other.ids, from, ids, at, to - from);
    length += to - from;
    for (Block block : other.blocks) {
      if (block.start() >= from && block.end() <= to) {
        blocks = with(new Block(at + block.start() - from, block.segment()));
      }
    }
  }

  /** Keeps the first {@code newLength} cells. */
  public void truncate(int newLength) {
    length = newLength;
    blocks = blocksUpTo(newLength);
  }

  /** Removes the cells [from, to), all of them tokens, and moves the later ones up. */
  public void remove(int from, int to) {
    own(ids.length);
    System.arraycopy(ids, to, ids, from, length - to);
    length -= to - from;
  }

  private void reserve(int needed) {
    if (needed > ids.length) {
      own(Math.max(Math.max(2 * length, needed), 64));
    } else if (shared) {
      own(ids.length);
    }
  }

  private void own(int capacity) {
    if (shared || capacity > ids.length) {
      ids = Arrays.copyOf(ids, capacity);
      shared = false;
    }
  }
}
