package org.sparkmto.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.json.Json;

/** The file in the directory of a run that says who writes there. */
final class LeaseFile {
  /** Its name. */
  static final String NAME = "lease.json";

  private static final int FORMAT = 1;

  private final FileSystem files;
  private final Path path;
  private final java.nio.file.Path local;

  LeaseFile(RunDirectory directory) {
    files = directory.files();
    path = directory.path(NAME);
    local =
        files.getUri().getScheme().equals("file")
            ? java.nio.file.Path.of(files.makeQualified(path).toUri().getPath())
            : null;
  }

  /**
   * What it says.
   *
   * @param owner a name that is never used twice
   * @param process of the owner
   * @param since when it was taken
   * @param heartbeat when it was last renewed
   */
  record Content(String owner, OwnerProcess process, Instant since, Instant heartbeat) {
    Content renewed(Instant now) {
      return new Content(owner, process, since, now);
    }

    private String toJson() {
      return Json.object()
              .put("format", FORMAT)
              .put("owner", owner)
              .put("host", process.host())
              .put("pid", process.pid())
              .put("machine", process.machine())
              .put("started", process.started())
              .put("since", since.toString())
              .put("heartbeat", heartbeat.toString())
              .toPrettyString()
          + "\n";
    }

    /** One that cannot be read is somebody's who is just writing it, or damaged. */
    private static Content parse(String json) {
      try {
        JsonNode root = Json.parse(json);
        return new Content(
            root.path("owner").asText(),
            new OwnerProcess(
                root.path("host").asText("an unknown machine"),
                root.path("pid").asLong(-1),
                root.path("machine").asText(),
                root.path("started").asText()),
            Instant.parse(root.path("since").asText()),
            Instant.parse(root.path("heartbeat").asText()));
      } catch (JsonProcessingException | DateTimeParseException e) {
        OwnerProcess unknown = new OwnerProcess("an unknown machine", -1, "", "");
        return new Content("", unknown, Instant.EPOCH, Instant.EPOCH);
      }
    }
  }

  /** Whether only one of several that create the file at the same time succeeds. */
  boolean isExclusive() {
    return local != null || files.getUri().getScheme().equals("hdfs");
  }

  /** Reads it, if it is there. */
  Optional<Content> read(RunDirectory directory) {
    return directory.read(NAME).map(Content::parse);
  }

  /** Creates it; says whether it was not there. */
  boolean create(Content content) throws IOException {
    if (local != null) {
      Files.createDirectories(local.getParent());
      try {
        Files.writeString(local, content.toJson(), StandardOpenOption.CREATE_NEW);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      }
    }
    try {
      write(content, false);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      // What HDFS says while another is still writing it; its class is not in every installation.
      if (e.getClass().getSimpleName().equals("AlreadyBeingCreatedException")) {
        return false;
      }
      throw e;
    }
  }

  /** Writes it anew, whatever is there. */
  void replace(Content content) throws IOException {
    if (local == null) {
      write(content, true);
      return;
    }
    // Renamed when it is whole, so that nobody sees half of it.
    java.nio.file.Path whole = local.resolveSibling("." + NAME + ".unfinished");
    Files.writeString(whole, content.toJson());
    Files.move(whole, local, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private void write(Content content, boolean overwrite) throws IOException {
    try (OutputStream out = files.create(path, overwrite)) {
      out.write(content.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  void delete() throws IOException {
    files.delete(path, false);
  }
}
