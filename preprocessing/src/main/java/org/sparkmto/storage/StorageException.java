package org.sparkmto.storage;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.VersionInfo;

/**
 * A storage does not let a path be used. The message is one line that names the path, the cause and
 * what to do; it holds no secret.
 */
public final class StorageException extends IOException {
  /** Longest message of a library that is repeated. */
  private static final int LONGEST_REASON = 240;

  /** Of HDFS and S3A, whose classes are not there in every installation. */
  private static final Set<String> LASTING_KINDS =
      Set.of(
          "DSQuotaExceededException",
          "NSQuotaExceededException",
          "QuotaExceededException",
          "UnknownStoreException",
          "NoAuthWithAWSException",
          "NoAwsCredentialsException");

  /** How the kernel, and Hadoop for it, call failures for which Java has no class. */
  private static final List<String> LASTING_WORDS =
      List.of(
          "Permission denied",
          "Read-only file system",
          "No space left on device",
          "Disk quota exceeded",
          "Not a directory",
          "Is a directory",
          "File name too long",
          "Mkdirs failed to create");

  private final boolean lasting;

  private StorageException(String message, boolean lasting, Throwable cause) {
    super(message, cause);
    this.lasting = lasting;
  }

  /** Whether asking again in the same way is pointless: a name or credentials are wrong. */
  public boolean isLasting() {
    return lasting;
  }

  /**
   * A path that a user named, with its file system made explicit.
   *
   * @throws StorageException if it is not a path, or there is no such file system
   */
  public static Path qualified(String name, Configuration configuration) throws StorageException {
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(configuration);
      return files.makeQualified(path);
    } catch (IOException e) {
      throw e instanceof UnsupportedFileSystemException ? notAPath(name, e) : of(name, e);
    } catch (IllegalArgumentException e) {
      List<Throwable> causes = Causes.of(e);
      throw innermost(causes) instanceof UnknownHostException
          ? unreachable(name, causes)
          : notAPath(name, e);
    } catch (RuntimeException | NoClassDefFoundError e) {
      Throwable innermost = Causes.innermost(e);
      if (innermost instanceof ClassNotFoundException
          || innermost instanceof NoClassDefFoundError) {
        throw new StorageException(
            name
                + " needs libraries that are not on the class path ("
                + brief(innermost.getMessage())
                + "); for s3a:// add those that conf/spark-s3a.conf names, for Hadoop "
                + VersionInfo.getVersion(),
            true,
            e);
      }
      throw e;
    }
  }

  /** What went wrong when a path that a user named was used. */
  public static StorageException of(String name, IOException e) {
    if (e instanceof StorageException known) {
      return known;
    }
    List<Throwable> causes = Causes.of(e);
    for (Throwable cause : causes) {
      // The classes of S3A are not there in every installation, so they are known by name.
      String kind = cause.getClass().getSimpleName();
      if (kind.equals("UnknownStoreException")) {
        return new StorageException(
            name + ": there is no such bucket; check the name, the endpoint and its region",
            true,
            e);
      }
      if (kind.equals("NoAuthWithAWSException") || kind.equals("NoAwsCredentialsException")) {
        return refused(name, "there are no credentials", e);
      }
    }
    for (Throwable cause : causes) {
      if (cause instanceof AccessDeniedException || cause instanceof AccessControlException) {
        return refused(name, reason(causes), e);
      }
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof NoRouteToHostException
          || cause instanceof SocketTimeoutException) {
        return unreachable(name, causes);
      }
    }
    return new StorageException(
        name + " cannot be used: " + e.getClass().getSimpleName() + ": " + reason(causes),
        false,
        e);
  }

  /**
   * Whether a failure of storage is one that waiting cannot mend: what is asked for is not allowed,
   * has no room, or lies below a file.
   */
  public static boolean isLasting(Throwable failure) {
    for (Throwable cause : Causes.of(failure)) {
      if ((cause instanceof StorageException known && known.isLasting())
          || cause instanceof AccessDeniedException
          || cause instanceof AccessControlException
          || cause instanceof ReadOnlyFileSystemException
          || cause instanceof ParentNotDirectoryException
          || cause instanceof FileAlreadyExistsException
          || LASTING_KINDS.contains(cause.getClass().getSimpleName())) {
        return true;
      }
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof IOException && LASTING_WORDS.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  private static StorageException notAPath(String name, Exception e) {
    int colon = name.indexOf(':');
    boolean beginsLikeAnAddress =
        colon >= 0 && name.indexOf('/') != colon + 1 && name.substring(0, colon).indexOf('/') < 0;
    return new StorageException(
        "'"
            + name
            + "' is not a path: "
            + (beginsLikeAnAddress
                ? "what stands before ':' would be the kind of a file system; write ./" + name
                : e.getMessage()),
        true,
        e);
  }

  private static StorageException refused(String name, String reason, IOException e) {
    String hint =
        name.startsWith("s3a:")
            ? "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or see conf/spark-s3a.conf"
            : "";
    return new StorageException(name + ": access is refused: " + reason + hint, true, e);
  }

  private static StorageException unreachable(String name, List<Throwable> causes) {
    String reason =
        innermost(causes) instanceof UnknownHostException unknown
            ? "unknown host " + brief(unknown.getMessage())
            : reason(causes);
    return new StorageException(
        name + ": the storage cannot be reached: " + reason, false, causes.get(0));
  }

  /** The innermost message, or the one around it that says it more fully and is still short. */
  private static String reason(List<Throwable> causes) {
    String reason = brief(innermost(causes).getMessage());
    for (int i = causes.size() - 2; i >= 0; i--) {
      String outer = String.valueOf(causes.get(i).getMessage());
      if (!outer.endsWith(reason) || outer.length() > LONGEST_REASON) {
        break;
      }
      reason = outer;
    }
    return reason;
  }

  /** The first line: those after it are a stack trace of a server, or its advice. */
  private static String brief(String message) {
    String line = String.valueOf(message).lines().findFirst().orElse("");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + " ...";
  }

  private static Throwable innermost(List<Throwable> causes) {
    return causes.get(causes.size() - 1);
  }
}
