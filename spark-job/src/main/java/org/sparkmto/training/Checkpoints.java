package org.sparkmto.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.options.ConfigurationException;

/**
 * The checkpoints of a run. Files are written first and the manifest last, and readers trust only
 * the manifest, so a crash at any moment, also on an object store, leaves whole checkpoints alone.
 */
final class Checkpoints {
  private static final String FOLDER = "checkpoints";
  private static final String OTHERWISE =
      "restore it, or delete its directory to go on from the checkpoint before";

  private final RunDirectory run;

  Checkpoints(RunDirectory run) {
    this.run = run;
  }

  /** What writes one file. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** What reads one file. */
  interface Reader {
    void readFrom(InputStream in, String where) throws IOException;
  }

  /** A directory for a checkpoint in which nobody has written yet, relative to the run. */
  String fresh(long step) {
    String name = String.format(Locale.ROOT, "%s/step-%08d", FOLDER, step);
    try {
      String candidate = name;
      for (int again = 2; run.files().exists(run.path(candidate)); again++) {
        candidate = name + "-" + again;
      }
      return candidate;
    } catch (IOException e) {
      throw RunDirectory.failed("look into", run.path(FOLDER), e);
    }
  }

  /** Writes a file of a checkpoint that is not committed yet. */
  CheckpointFile write(String directory, String name, Content content) {
    Path path = run.path(directory + "/" + name);
    try {
      MessageDigest sha = ContentDigest.sha256();
      long bytes;
      try (OutputStream file = run.files().create(path, true);
          CountingOutput counted = new CountingOutput(file);
          OutputStream out = new DigestOutputStream(counted, sha)) {
        content.writeTo(out);
        out.flush();
        bytes = counted.bytes();
      }
      return new CheckpointFile(name, bytes, ContentDigest.hex(sha.digest()));
    } catch (IOException e) {
      throw RunDirectory.failed("write", path, e);
    }
  }

  /** Reads a file of a checkpoint. */
  void read(String directory, String name, Reader reader) {
    Path path = run.path(directory + "/" + name);
    try (InputStream in = run.files().open(path)) {
      reader.readFrom(in, path.toString());
    } catch (IOException e) {
      throw RunDirectory.failed("read", path, e);
    }
  }

  /**
   * Makes a checkpoint valid.
   *
   * @throws ConfigurationException if the files that rank 0 wrote are not there for the driver
   */
  void commit(Checkpoint checkpoint) {
    for (CheckpointFile file : checkpoint.files()) {
      Path path = run.path(checkpoint.directory() + "/" + file.name());
      long length;
      try {
        length = run.files().exists(path) ? run.files().getFileStatus(path).getLen() : -1;
      } catch (IOException e) {
        throw RunDirectory.failed("look at", path, e);
      }
      if (length != file.bytes()) {
        throw new ConfigurationException(
            "rank 0 wrote "
                + path
                + ", but the driver does not see it; run.directory must be on storage that all"
                + " machines of the cluster share");
      }
    }
    run.write(checkpoint.directory() + "/" + Checkpoint.MANIFEST, checkpoint.toJson());
  }

  /**
   * Reads every file of a checkpoint once and compares it with its digest.
   *
   * @throws ConfigurationException naming the file that is missing or changed
   */
  void verify(Checkpoint checkpoint) {
    for (CheckpointFile file : checkpoint.files()) {
      Path path = run.path(checkpoint.directory() + "/" + file.name());
      MessageDigest sha = ContentDigest.sha256();
      try (InputStream in = new DigestInputStream(run.files().open(path), sha)) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (FileNotFoundException e) {
        throw new ConfigurationException(path + " is missing; " + OTHERWISE, e);
      } catch (IOException e) {
        throw RunDirectory.failed("read", path, e);
      }
      if (!ContentDigest.hex(sha.digest()).equals(file.sha256())) {
        throw new ConfigurationException(path + " is not what was written; " + OTHERWISE);
      }
    }
  }

  /** All valid checkpoints, the newest first. */
  List<Checkpoint> all() {
    List<Checkpoint> found = new ArrayList<>();
    Path folder = run.path(FOLDER);
    try {
      if (!run.files().exists(folder)) {
        return found;
      }
      for (FileStatus status : run.files().listStatus(folder)) {
        String directory = FOLDER + "/" + status.getPath().getName();
        Optional<String> manifest = run.read(directory + "/" + Checkpoint.MANIFEST);
        manifest.ifPresent(json -> found.add(Checkpoint.parse(json, directory)));
      }
    } catch (IOException e) {
      throw RunDirectory.failed("list", folder, e);
    }
    found.sort(Comparator.comparingLong(Checkpoint::step).reversed());
    return found;
  }

  /**
   * The valid checkpoint of a directory.
   *
   * @throws ConfigurationException if it is not there any more
   */
  Checkpoint at(String directory) {
    return all().stream()
        .filter(checkpoint -> checkpoint.directory().equals(directory))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    run.path(directory)
                        + " is missing, but a later checkpoint calls it the best;"
                        + " restore it, or start the run anew with --overwrite"));
  }

  /** The newest valid checkpoint. */
  Optional<Checkpoint> latest() {
    return all().stream().findFirst();
  }

  /** Deletes all but the newest ones and the best, each manifest before its files. */
  void prune(long keep, Optional<String> best) {
    List<Checkpoint> all = all();
    for (Checkpoint old : all.subList((int) Math.min(keep, all.size()), all.size())) {
      if (best.isPresent() && best.get().equals(old.directory())) {
        continue;
      }
      try {
        run.files().delete(run.path(old.directory() + "/" + Checkpoint.MANIFEST), false);
        run.files().delete(run.path(old.directory()), true);
      } catch (IOException e) {
        throw RunDirectory.failed("delete", run.path(old.directory()), e);
      }
    }
  }

  /** Copies the weights of a checkpoint to where a trained model stands, manifest last. */
  void publish(Checkpoint checkpoint) {
    Path from = run.path(checkpoint.directory() + "/" + Checkpoint.WEIGHTS);
    Path to = run.path(RunDirectory.MODEL + "/" + Checkpoint.WEIGHTS);
    try {
      run.files().mkdirs(to.getParent());
      run.files().delete(run.path(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST), false);
      FileUtil.copy(run.files(), from, run.files(), to, false, true, run.files().getConf());
    } catch (IOException e) {
      throw RunDirectory.failed("copy " + from + " to", to, e);
    }
    Checkpoint model =
        new Checkpoint(
            checkpoint.step(),
            RunDirectory.MODEL,
            checkpoint.files().stream()
                .filter(file -> file.name().equals(Checkpoint.WEIGHTS))
                .toList(),
            checkpoint.configuration(),
            checkpoint.identity(),
            checkpoint.tasks(),
            checkpoint.data(),
            checkpoint.environment(),
            checkpoint.validation(),
            checkpoint.selection(),
            checkpoint.statistics());
    run.write(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST, model.toJson());
  }
}
