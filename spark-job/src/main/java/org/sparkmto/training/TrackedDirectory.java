package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.TrackedRun;
import org.sparkmto.tracking.RunFolder;
import org.sparkmto.tracking.RunTracking;
import org.sparkmto.tracking.TrackedFile;
import org.sparkmto.tracking.TrackingTarget;

/**
 * The directory of a run that a server is told of: what it reads there, and which files it gets.
 */
final class TrackedDirectory implements RunFolder {
  /** Who stops a run, or lets it fail, does not want to wait. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final RunDirectory directory;
  private final TrackingTarget target;

  TrackedDirectory(RunDirectory directory, TrackingTarget target) {
    this.directory = directory;
    this.target = target;
  }

  /** Begins to track the run, or goes on where it was tracked before. */
  RunTracking track(RunHeader header) {
    return RunTracking.open(
        target,
        header,
        this,
        directory.read(TrackedRun.FILE).flatMap(TrackedRun::parse),
        run -> directory.write(TrackedRun.FILE, run.toJson()),
        System.getenv());
  }

  /** Tells the server how the run ended, and waits for it. */
  void finish(RunTracking tracking, RunEnd end) throws InterruptedException {
    boolean goesOn = end.reason().isPresent() && end.resumes();
    Duration patience =
        end.signal().isPresent() && SOON.compareTo(target.patience()) < 0
            ? SOON
            : target.patience();
    tracking.finish(
        goesOn ? RunTracking.End.KILLED : RunTracking.End.FINISHED,
        files(end.leavesModel() && target.model()),
        patience);
  }

  private List<TrackedFile> files(boolean model) {
    List<TrackedFile> files = new ArrayList<>();
    for (String name : List.of(RunDirectory.CONFIGURATION, RunHeader.FILE)) {
      directory.read(name).ifPresent(text -> files.add(TrackedFile.of(name, text)));
    }
    if (model) {
      for (FileStatus part : parts(directory.path(RunDirectory.MODEL))) {
        String name = RunDirectory.MODEL + "/" + part.getPath().getName();
        files.add(new TrackedFile(name, part.getLen(), () -> directory.open(name).orElseThrow()));
      }
    }
    return files;
  }

  private List<FileStatus> parts(Path folder) {
    try {
      return Arrays.stream(directory.files().listStatus(folder))
          .filter(part -> part.isFile() && !part.getPath().getName().startsWith("."))
          .toList();
    } catch (IOException e) {
      throw RunDirectory.failed("look into", folder, e);
    }
  }

  @Override
  public List<String> names() {
    return directory.names();
  }

  @Override
  public InputStream open(String name) throws IOException {
    return directory.files().open(directory.path(name));
  }
}
