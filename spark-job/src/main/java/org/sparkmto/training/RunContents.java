package org.sparkmto.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparkmto.runlog.LogFormatException;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TensorBoardLog;

/**
 * What stands in the directory of a run, told apart: what a run and those who look at it write, and
 * what is somebody else's.
 */
final class RunContents {
  private static final String FILE =
      "lease\\.json|run\\.json|run\\.conf|tracking\\.json|metrics\\.jsonl"
          + "|(evaluation|details)-[^/]*\\.json"
          + "|report\\.html|results\\.(csv|tex|json)|confusion\\.csv"
          + "|analysis\\.(html|csv|json)";
  private static final String PART =
      "manifest\\.json|[a-z-]+\\.safetensors|(encoder|head-[0-9]+-[A-Za-z0-9_-]+)\\.pt";
  private static final Pattern OWN_FILE =
      Pattern.compile("(" + FILE + ")|\\.(" + FILE + ")\\.(unfinished|crc)");
  private static final Pattern OWN_PART =
      Pattern.compile("(" + PART + ")|\\.(" + PART + ")\\.(unfinished|crc)");

  private final RunDirectory directory;
  private final List<FileStatus> entries;

  private RunContents(RunDirectory directory, List<FileStatus> entries) {
    this.directory = directory;
    this.entries = entries;
  }

  /** Looks at a directory, which need not be there. */
  static RunContents of(RunDirectory directory) {
    return new RunContents(directory, list(directory, directory.path("")));
  }

  private static List<FileStatus> list(RunDirectory directory, Path path) {
    try {
      return List.of(directory.files().listStatus(path));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw RunDirectory.failed("look into", path, e);
    }
  }

  /** Whether there is nothing in it, but perhaps a lease. */
  boolean isEmpty() {
    return entries.stream().allMatch(entry -> entry.getPath().getName().contains(LeaseFile.NAME));
  }

  /** Whether a run has begun here: it bears the description, or the configuration, of one. */
  boolean isRun() {
    return isRun(directory);
  }

  static boolean isRun(RunDirectory directory) {
    Optional<String> header = directory.read(RunHeader.FILE);
    if (header.isPresent()) {
      return isHeader(header.get());
    }
    return directory
        .read(RunDirectory.CONFIGURATION)
        .filter(RunContents::isConfiguration)
        .isPresent();
  }

  /** Whether it is no run itself, and all that it holds are runs, as of single tasks or seeds. */
  boolean holdsOnlyRuns() {
    return entries.stream()
        .filter(entry -> !entry.getPath().getName().contains(LeaseFile.NAME))
        .allMatch(
            entry -> entry.isDirectory() && isRun(directory.below(entry.getPath().getName())));
  }

  /** An entry or two of it, for a message. */
  String examples() {
    List<String> names =
        entries.stream().map(entry -> entry.getPath().getName()).sorted().limit(2).toList();
    return String.join(", ", names) + (entries.size() > 2 ? ", ..." : "");
  }

  private static boolean isHeader(String text) {
    try {
      return !RunHeader.parse(text, RunHeader.FILE).configuration().isEmpty();
    } catch (LogFormatException e) {
      return false;
    }
  }

  private static boolean isConfiguration(String text) {
    try {
      Config config = ConfigFactory.parseString(text);
      return config.hasPath("run.directory")
          && config.hasPath("data.directory")
          && config.hasPath("method.name");
    } catch (ConfigException e) {
      return false;
    }
  }

  /** Entries that no run writes, relative to the directory; those of runs below it are theirs. */
  List<String> foreign() {
    List<String> foreign = new ArrayList<>();
    for (FileStatus entry : entries) {
      String name = entry.getPath().getName();
      if (entry.isFile()) {
        if (!OWN_FILE.matcher(name).matches()) {
          foreign.add(name);
        }
      } else if (name.equals(RunDirectory.MODEL)) {
        parts(name, foreign);
      } else if (name.equals(TensorBoardLog.FOLDER)) {
        for (FileStatus events : list(directory, entry.getPath())) {
          String below = events.getPath().getName();
          if (events.isDirectory() || !TensorBoardLog.isFile(below)) {
            foreign.add(name + "/" + below);
          }
        }
      } else if (name.equals(NetworkScripts.FOLDER)) {
        for (FileStatus script : list(directory, entry.getPath())) {
          if (!NetworkScripts.isKept(script.getPath().getName())) {
            foreign.add(name + "/" + script.getPath().getName());
          }
        }
      } else if (name.equals(Checkpoints.FOLDER)) {
        for (FileStatus checkpoint : list(directory, entry.getPath())) {
          String below = name + "/" + checkpoint.getPath().getName();
          if (checkpoint.isFile() || !Checkpoints.isCheckpoint(below)) {
            foreign.add(below);
          } else {
            parts(below, foreign);
          }
        }
      } else if (!isRun(directory.below(name))) {
        foreign.add(name + "/");
      }
    }
    return foreign;
  }

  private void parts(String folder, List<String> foreign) {
    for (FileStatus part : list(directory, directory.path(folder))) {
      String name = part.getPath().getName();
      if (part.isDirectory() || !OWN_PART.matcher(name).matches()) {
        foreign.add(folder + "/" + name);
      }
    }
  }

  /** Deletes what the run wrote, but for the lease; runs below it stay. Its marks go last. */
  void delete() {
    List<String> names =
        new ArrayList<>(entries.stream().map(entry -> entry.getPath().getName()).toList());
    names.removeIf(name -> name.contains(LeaseFile.NAME));
    names.removeIf(
        name ->
            !OWN_FILE.matcher(name).matches()
                && !name.equals(RunDirectory.MODEL)
                && !name.equals(TensorBoardLog.FOLDER)
                && !name.equals(NetworkScripts.FOLDER)
                && !name.equals(Checkpoints.FOLDER));
    List<String> marks = List.of(RunDirectory.CONFIGURATION, RunHeader.FILE);
    names.removeAll(marks);
    names.addAll(marks);
    for (String name : names) {
      try {
        directory.files().delete(directory.path(name), true);
      } catch (IOException e) {
        throw RunDirectory.failed("delete", directory.path(name), e);
      }
    }
  }
}
