package org.sparkmto.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.network.SafetensorsException;
import org.sparkmto.options.ConfigurationException;

/**
 * The checkpoints of a run. Files are written first and the manifest last, and readers trust only
 * the manifest, so a crash at any moment, also on an object store, leaves whole checkpoints alone.
 */
final class Checkpoints {
  /** Where they lie, relative to the run. */
  static final String FOLDER = "checkpoints";

  private static final Pattern NAME =
      Pattern.compile(FOLDER + "/step-([0-9]{8,18})(?:-([0-9]{1,9}))?");

  private final RunDirectory run;

  /** Directories of checkpoints that were found not to be what was written. */
  private final Set<String> unsound = new TreeSet<>();

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

  /**
   * Reads a file of a checkpoint or a model, whose directory is that of this object if its name is
   * empty. Nothing may be done with what was read before this returns: only then all of it is known
   * to be what was written.
   *
   * @throws UnsoundException if the file is missing, or its content not what its digest says
   * @throws ConfigurationException if it is as it was written, and the reader refuses it
   */
  void read(String directory, CheckpointFile file, Reader reader) throws UnsoundException {
    Path path = run.path(directory.isEmpty() ? file.name() : directory + "/" + file.name());
    try (DigestingInput in = new DigestingInput(run.files().open(path))) {
      Exception refused = null;
      try {
        reader.readFrom(in, path.toString());
      } catch (SafetensorsException | RuntimeException e) {
        refused = e;
      }
      if (!in.finish().equals(file.sha256())) {
        throw new UnsoundException(path + " is not what was written", refused);
      }
      if (refused instanceof SafetensorsException e) {
        throw new ConfigurationException(e.getMessage(), e);
      }
      if (refused instanceof RuntimeException e) {
        throw e;
      }
    } catch (FileNotFoundException e) {
      throw new UnsoundException(path + " is missing", e);
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
   * @throws UnsoundException naming the file that is missing or changed
   */
  void verify(Checkpoint checkpoint) throws UnsoundException {
    for (CheckpointFile file : checkpoint.files()) {
      read(checkpoint.directory(), file, (in, where) -> {});
    }
  }

  /** What a directory of checkpoints holds. */
  private record Listing(
      List<Checkpoint> committed, Map<String, String> damaged, List<String> uncommitted) {}

  private Listing list() {
    List<Checkpoint> committed = new ArrayList<>();
    Map<String, String> damaged = new TreeMap<>();
    List<String> uncommitted = new ArrayList<>();
    Path folder = run.path(FOLDER);
    try {
      if (run.files().exists(folder)) {
        for (FileStatus status : run.files().listStatus(folder)) {
          String directory = FOLDER + "/" + status.getPath().getName();
          if (!isCheckpoint(directory)) {
            continue;
          }
          Optional<String> manifest = run.read(directory + "/" + Checkpoint.MANIFEST);
          if (manifest.isEmpty()) {
            uncommitted.add(directory);
            continue;
          }
          try {
            committed.add(Checkpoint.parse(manifest.get(), directory));
          } catch (UnsoundException e) {
            damaged.put(directory, String.valueOf(e.getMessage()));
          }
        }
      }
    } catch (IOException e) {
      throw RunDirectory.failed("list", folder, e);
    }
    // Of those of one step, the one that was made again is the later.
    committed.sort(
        Comparator.comparingLong(Checkpoint::step)
            .thenComparing(checkpoint -> again(checkpoint.directory()))
            .reversed());
    return new Listing(committed, damaged, uncommitted);
  }

  /** Whether a name, relative to the run, is one that {@link #fresh} gives. */
  static boolean isCheckpoint(String directory) {
    return NAME.matcher(directory).matches();
  }

  private static int again(String directory) {
    Matcher name = NAME.matcher(directory);
    return name.matches() && name.group(2) != null ? Integer.parseInt(name.group(2)) : 1;
  }

  /** All checkpoints whose manifests are sound, the newest first. */
  List<Checkpoint> all() {
    return list().committed();
  }

  /**
   * The checkpoint of a directory.
   *
   * @throws ConfigurationException if it is not there any more, or damaged
   */
  Checkpoint at(String directory) {
    Listing listing = list();
    return listing.committed().stream()
        .filter(checkpoint -> checkpoint.directory().equals(directory))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    Optional.ofNullable(listing.damaged().get(directory))
                            .orElse(run.path(directory) + " is missing")
                        + ", but a later checkpoint calls it the best;"
                        + " restore it, or start the run anew with --overwrite"));
  }

  /**
   * The newest checkpoint that is sound, and why later ones are not it.
   *
   * @param checkpoint absent if the run has made none yet
   * @param skipped what is wrong with those that would have come first, one line for each
   * @param caution what people should know of it, in one line
   */
  record Newest(Optional<Checkpoint> checkpoint, List<String> skipped, Optional<String> caution) {}

  /**
   * Finds the newest checkpoint all of whose files are what was written.
   *
   * @throws ConfigurationException if there are checkpoints and none of them is sound
   */
  Newest newestSound() {
    Listing listing = list();
    List<String> skipped = new ArrayList<>();
    for (Checkpoint checkpoint : listing.committed()) {
      try {
        verify(checkpoint);
        // Damaged manifests of earlier steps are nobody's concern.
        listing.damaged().keySet().stream()
            .filter(directory -> step(directory) > checkpoint.step())
            .forEach(directory -> skipped.add(listing.damaged().get(directory)));
        return new Newest(Optional.of(checkpoint), skipped, caution(checkpoint));
      } catch (UnsoundException e) {
        unsound.add(checkpoint.directory());
        skipped.add(String.valueOf(e.getMessage()));
      }
    }
    skipped.addAll(listing.damaged().values());
    if (skipped.isEmpty()) {
      return new Newest(Optional.empty(), skipped, Optional.empty());
    }
    throw new ConfigurationException(
        "none of the checkpoints of "
            + run.name()
            + " is sound ("
            + String.join("; ", skipped)
            + "); restore one, or start the run anew with --overwrite");
  }

  private Optional<String> caution(Checkpoint checkpoint) {
    String manifest = checkpoint.directory() + "/" + Checkpoint.MANIFEST;
    return run.read(manifest)
        .filter(json -> !Checkpoint.isSealed(json))
        .map(json -> manifest + " is of format 1, without a digest of its own: it is taken as is");
  }

  private static long step(String directory) {
    Matcher name = NAME.matcher(directory);
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /**
   * Deletes all but the newest ones and the best, each manifest before its files, and what attempts
   * left that did not come to a checkpoint. Those that are damaged stay, for people to look at, and
   * do not count. To be called when no attempt is under way.
   */
  void prune(long keep, Optional<String> best) {
    Listing listing = list();
    List<Checkpoint> all =
        listing.committed().stream()
            .filter(checkpoint -> !unsound.contains(checkpoint.directory()))
            .toList();
    for (Checkpoint old : all.subList((int) Math.min(keep, all.size()), all.size())) {
      if (best.isEmpty() || !best.get().equals(old.directory())) {
        delete(old.directory());
      }
    }
    listing.uncommitted().forEach(this::delete);
  }

  private void delete(String directory) {
    try {
      run.files().delete(run.path(directory + "/" + Checkpoint.MANIFEST), false);
      run.files().delete(run.path(directory), true);
    } catch (IOException e) {
      throw RunDirectory.failed("delete", run.path(directory), e);
    }
  }

  /** As {@link #publish(Checkpoint, List)}, of a network that is made here. */
  void publish(Checkpoint checkpoint) throws UnsoundException {
    publish(checkpoint, List.of());
  }

  /**
   * Copies the weights of a checkpoint to where a trained model stands, manifest last.
   *
   * @param scripts files of the network that hold these weights, too, on this machine
   * @throws UnsoundException if they are not what was written; an earlier model stays then
   */
  void publish(Checkpoint checkpoint, List<java.nio.file.Path> scripts) throws UnsoundException {
    CheckpointFile weights = checkpoint.toPublish();
    read(checkpoint.directory(), weights, (in, where) -> {});
    Path manifest = run.path(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST);
    try {
      run.files().mkdirs(manifest.getParent());
      run.files().delete(manifest, false);
    } catch (IOException e) {
      throw RunDirectory.failed("replace", manifest, e);
    }
    Path from = run.path(checkpoint.directory() + "/" + weights.name());
    CheckpointFile copied =
        write(
            RunDirectory.MODEL,
            Checkpoint.WEIGHTS,
            out -> {
              try (InputStream in = run.files().open(from)) {
                in.transferTo(out);
              }
            });
    if (!copied.equals(checkpoint.published())) {
      throw new UnsoundException(from + " changed while it was copied");
    }
    List<CheckpointFile> more = new ArrayList<>();
    for (java.nio.file.Path script : scripts) {
      more.add(
          write(
              RunDirectory.MODEL, script.getFileName().toString(), out -> Files.copy(script, out)));
    }
    run.write(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST, checkpoint.model(more).toJson());
  }
}
