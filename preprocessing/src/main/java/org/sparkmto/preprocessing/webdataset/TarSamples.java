package org.sparkmto.preprocessing.webdataset;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.sparkmto.preprocessing.Reason;

/**
 * The samples of a tar file, plain or of gzip, in its order. Nothing is unpacked: a name is a text,
 * and of a member no more is held than is asked for. The members of a sample follow on each other,
 * as WebDataset asks; files without a dot in their names, hidden ones and directories are passed
 * over.
 *
 * <p>What is damaged ends the file there: its last sample tells so, and none follows.
 */
public final class TarSamples implements Closeable {
  /** Longest name of a member, with what describes it; nobody needs more. */
  private static final int MOST_HEADER = 1 << 20;

  /** Tar files consist of these. */
  private static final int RECORD = 512;

  private static final int HEAD = 4;
  private static final int SCRATCH = 1 << 16;

  private final Watched storage;
  private final Limited plain;
  private final TarArchiveInputStream tar;
  private final ToIntFunction<String> wanted;
  private final byte[] scratch = new byte[SCRATCH];
  private TarArchiveEntry next;
  private String lastMember = "the start";
  private TarSample.Trouble damage;
  private boolean ended;
  private long index;

  /**
   * Opens a file.
   *
   * @param in its bytes; closed with this
   * @param wanted how many bytes of a member are wanted, by what follows its first dot; 0 for none
   * @throws IOException if the storage failed
   */
  public TarSamples(InputStream in, ToIntFunction<String> wanted) throws IOException {
    this.wanted = wanted;
    this.storage = new Watched(new BufferedInputStream(in, SCRATCH));
    InputStream content = storage;
    try {
      content = decompressed();
    } catch (IOException | RuntimeException e) {
      tell(e);
    }
    this.plain = new Limited(content);
    this.tar = new TarArchiveInputStream(plain, "UTF-8");
    if (damage == null) {
      advance();
    }
  }

  private InputStream decompressed() throws IOException {
    storage.mark(HEAD);
    byte[] head = storage.readNBytes(HEAD);
    storage.reset();
    int first = head.length < 2 ? 0 : ((head[0] & 0xff) << 8) | (head[1] & 0xff);
    return switch (first) {
      case 0x1f8b -> new GZIPInputStream(storage, SCRATCH);
      case 0x28b5 -> throw new IOException("it is compressed by zstd; write it plain or by gzip");
      case 0x425a -> throw new IOException("it is compressed by bzip2; write it plain or by gzip");
      case 0xfd37 -> throw new IOException("it is compressed by xz; write it plain or by gzip");
      default -> storage;
    };
  }

  /**
   * The next sample; none at the end.
   *
   * @throws IOException if the storage failed
   */
  public Optional<TarSample> next() throws IOException {
    if (damage != null && !ended) { // before the first member of a sample
      ended = true;
      return Optional.of(new TarSample(index++, "", Map.of(), Optional.of(damage)));
    }
    if (ended || next == null) {
      return Optional.empty();
    }
    Name name = Name.of(next.getName()).orElseThrow();
    String key = name.key();
    Map<String, byte[]> members = new HashMap<>();
    TarSample.Trouble trouble = null;
    while (next != null && name.key().equals(key)) {
      TarSample.Trouble own = trouble(next, members.containsKey(name.extension()));
      trouble = trouble == null ? own : trouble;
      lastMember = next.getName();
      try {
        members.put(name.extension(), content(next, wanted.applyAsInt(name.extension())));
      } catch (IOException | RuntimeException e) {
        next = null;
        tell(e);
      }
      if (next != null) {
        advance();
      }
      name = next == null ? name : Name.of(next.getName()).orElseThrow();
    }
    if (damage != null) { // how much of the sample is there cannot be known
      ended = true;
      trouble = damage;
    }
    return Optional.of(new TarSample(index++, key, members, Optional.ofNullable(trouble)));
  }

  private static TarSample.Trouble trouble(TarArchiveEntry member, boolean again) {
    String name = member.getName();
    if (again) {
      return new TarSample.Trouble(Reason.BAD_ROW, "member " + name + " is there twice");
    }
    if (!Name.isSafe(name)) {
      return new TarSample.Trouble(
          Reason.UNSAFE_NAME, "member " + name + " has a path that leads out of the file");
    }
    boolean special =
        member.isLink()
            || member.isSymbolicLink()
            || member.isFIFO()
            || member.isCharacterDevice()
            || member.isBlockDevice();
    return !special
        ? null
        : new TarSample.Trouble(
            Reason.WRONG_FORMAT, "member " + name + " is a link or another special file");
  }

  /** Goes to the next member of a sample, behind the current one. */
  private void advance() throws IOException {
    try {
      do {
        plain.most = MOST_HEADER;
        next = tar.getNextEntry();
        plain.most = Long.MAX_VALUE;
        if (next == null && plain.read % RECORD != 0) {
          throw new EOFException("the file is cut off");
        }
        if (next != null && !next.isCheckSumOK()) {
          throw new IOException("the header of a member is damaged");
        }
        if (next != null && isPassedOver(next)) {
          content(next, 0);
          lastMember = next.getName();
        }
      } while (next != null && isPassedOver(next));
    } catch (IOException | RuntimeException e) { // the library throws those over odd headers
      next = null;
      tell(e);
    }
  }

  private static boolean isPassedOver(TarArchiveEntry member) {
    return member.isDirectory() || Name.of(member.getName()).isEmpty();
  }

  /** Reads a member to its end and keeps its first bytes. */
  private byte[] content(TarArchiveEntry member, int most) throws IOException {
    if (member.isSparse()) { // whose zeros may have no end
      throw new IOException("it is sparse; write the file without holes");
    }
    byte[] kept = tar.readNBytes((int) Math.min(most, member.getSize()));
    int read = 0;
    while (read >= 0) {
      read = tar.read(scratch);
    }
    return kept;
  }

  /** Tells damage from a storage that fails, which may be better the next time. */
  private void tell(Exception trouble) throws IOException {
    if (storage.failure != null) {
      throw storage.failure;
    }
    boolean cut =
        trouble instanceof EOFException
            || String.valueOf(trouble.getMessage()).toLowerCase(Locale.ROOT).contains("truncated");
    damage =
        new TarSample.Trouble(
            cut ? Reason.TRUNCATED : Reason.DAMAGED,
            "the file cannot be read behind " + lastMember + ": " + trouble.getMessage());
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }

  /**
   * A name of a member.
   *
   * @param key all before the first dot of the last part
   * @param extension all behind that dot, in small letters
   */
  private record Name(String key, String extension) {
    static Optional<Name> of(String name) {
      String plain = name;
      while (plain.startsWith("./")) {
        plain = plain.substring(2);
      }
      int start = plain.lastIndexOf('/') + 1;
      int dot = plain.indexOf('.', start);
      boolean special = plain.startsWith("__", start) && plain.endsWith("__");
      return dot <= start || special
          ? Optional.empty()
          : Optional.of(
              new Name(plain.substring(0, dot), plain.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }

    static boolean isSafe(String name) {
      return !name.startsWith("/")
          && name.indexOf('\\') < 0
          && name.chars().noneMatch(c -> c < ' ' || c == 0x7f)
          && !List.of(name.split("/", -1)).contains("..");
    }
  }

  /** A stream of which it is known whether it failed. */
  private static final class Watched extends FilterInputStream {
    private IOException failure;

    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public int read(byte[] into, int at, int count) throws IOException {
      try {
        return super.read(into, at, count);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  /** A stream that ends where a header would be too long for any memory. */
  private static final class Limited extends FilterInputStream {
    private long most = Long.MAX_VALUE;
    private long read;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      return counted(one < 0 ? 0 : 1, one);
    }

    @Override
    public int read(byte[] into, int at, int count) throws IOException {
      int bytes = super.read(into, at, count);
      return counted(Math.max(0, bytes), bytes);
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      counted(skipped, 0);
      return skipped;
    }

    private int counted(long bytes, int answer) throws IOException {
      most -= bytes;
      read += bytes;
      if (most < 0) {
        throw new IOException("the header of a member is longer than " + MOST_HEADER + " bytes");
      }
      return answer;
    }
  }
}
