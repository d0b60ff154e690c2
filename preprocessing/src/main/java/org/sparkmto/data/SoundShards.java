package org.sparkmto.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The shards that this process has read whole once and found to be what the manifest says. A shard
 * is read before its first use, so that nothing is computed from one that was changed; that costs
 * one pass over its bytes in every process. Whether it is still the same file afterwards is judged
 * by its length and its time of modification.
 */
public final class SoundShards {
  /** Setting of Hadoop by which shards are taken unread, by their length alone: {@code false}. */
  public static final String VERIFY = "spark-mto.verify-shards";

  private static final int PIECE = 1 << 16;
  private static final Map<Seen, Boolean> SOUND = new ConcurrentHashMap<>();

  private record Seen(Path path, long bytes, long modified, String sha256) {}

  private SoundShards() {}

  /**
   * Makes sure that a file is the shard that a manifest lists.
   *
   * @param status of the file, as the storage gives it
   * @throws DataContractException if the content is another
   * @throws IOException if the storage does not answer
   */
  public static void require(FileStatus status, ShardFile file, Configuration hadoop)
      throws IOException {
    if (!hadoop.getBoolean(VERIFY, true)) {
      return;
    }
    Path path = status.getPath();
    Seen seen = new Seen(path, status.getLen(), status.getModificationTime(), file.sha256());
    try {
      SOUND.computeIfAbsent(seen, unknown -> check(path, file, hadoop));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean check(Path path, ShardFile file, Configuration hadoop) {
    MessageDigest sha256 = ContentDigest.sha256();
    byte[] piece = new byte[PIECE];
    try {
      FileSystem files = path.getFileSystem(hadoop);
      try (InputStream in = files.open(path)) {
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
          sha256.update(piece, 0, read);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!ContentDigest.hex(sha256.digest()).equals(file.sha256())) {
      throw new DataContractException(
          "shard "
              + path
              + " is damaged or another: its content has not the digest that the manifest says;"
              + " restore it or preprocess again");
    }
    return true;
  }
}
