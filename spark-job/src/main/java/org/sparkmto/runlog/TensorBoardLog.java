package org.sparkmto.runlog;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes the numbers of a run for TensorBoard, into event files below {@code tensorboard}. Each
 * start of a run begins a new file, whose name follows those that are there. On a local disk it
 * grows with every line; elsewhere, where a file cannot grow, each {@link #flush} leaves a whole
 * file of what came since the one before.
 *
 * <p>The step of an event is the number of steps made, as on the console, so that step and
 * evaluation after it have the same. No file is ever changed: where steps are made anew, after a
 * restart or a resumption, an event of a session's start tells TensorBoard to forget what it has
 * read of them.
 *
 * <p>Safe for use by several threads. What cannot be written is an {@link UncheckedIOException}.
 */
public final class TensorBoardLog implements AutoCloseable {
  /** Name of the folder in the directory of a run. */
  public static final String FOLDER = "tensorboard";

  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{10,18})\\.(\\d{6,18})\\.spark-mto");

  private final FileSystem files;
  private final Path folder;
  private final boolean grows;
  private final LineNumbers numbers;
  private long second;
  private long number;
  private Path file;
  private OutputStream out;
  private boolean holds;

  private TensorBoardLog(FileSystem files, Path directory, RunHeader header) {
    this.files = files;
    folder = new Path(directory, FOLDER);
    grows = files.getUri().getScheme().equals("file");
    numbers = new LineNumbers(header);
  }

  /**
   * Begins a file.
   *
   * @param directory of the run
   * @param from the first step that will be made
   */
  public static TensorBoardLog open(FileSystem files, Path directory, RunHeader header, long from) {
    TensorBoardLog log = new TensorBoardLog(files, directory, header);
    try {
      log.countFiles();
      log.begin();
      log.start(from);
    } catch (IOException e) {
      throw log.failed(e);
    }
    return log;
  }

  /** Whether a file in the folder has the name of one of these. */
  public static boolean isFile(String name) {
    return NAME.matcher(name).matches();
  }

  /** TensorBoard reads files in the order of their names, so a clock that went back must not. */
  private void countFiles() throws IOException {
    try {
      for (FileStatus entry : files.listStatus(folder)) {
        Matcher name = NAME.matcher(entry.getPath().getName());
        if (name.matches()) {
          second = Math.max(second, Long.parseLong(name.group(1)));
          number = Math.max(number, Long.parseLong(name.group(2)));
        }
      }
    } catch (FileNotFoundException e) {
      files.mkdirs(folder);
    }
  }

  private void begin() throws IOException {
    second = Math.max(second, (long) now());
    number++;
    file =
        new Path(
            folder,
            String.format(Locale.ROOT, "events.out.tfevents.%010d.%06d.spark-mto", second, number));
    out =
        grows
            ? Files.newOutputStream(
                java.nio.file.Path.of(files.makeQualified(file).toUri().getPath()),
                StandardOpenOption.CREATE_NEW)
            : new ByteArrayOutputStream();
    out.write(EventRecord.version(now()));
    holds = false;
  }

  private void start(long from) throws IOException {
    put(EventRecord.start(now(), from + 1));
  }

  /** Adds what a line says in numbers; a number that is not known is left out. */
  public synchronized void append(LogLine line) {
    try {
      if (line instanceof RestartLine restart) {
        restart(restart.step());
        return;
      }
      Map<String, Double> values = numbers.of(line);
      if (!values.isEmpty()) {
        put(EventRecord.scalars(now(), LineNumbers.stepsMade(line), values));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Steps that nobody has seen yet need not be taken back. */
  private void restart(long from) throws IOException {
    if (out instanceof ByteArrayOutputStream kept) {
      kept.reset();
      kept.write(EventRecord.version(now()));
    }
    start(from);
  }

  private void put(byte[] record) throws IOException {
    out.write(record);
    holds = true;
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  /** Makes sure that everything appended can be read by others. */
  public synchronized void flush() {
    if (!(out instanceof ByteArrayOutputStream kept) || !holds) {
      return; // a file that grows has been written already
    }
    try {
      try (OutputStream whole = files.create(file, false)) {
        kept.writeTo(whole);
      }
      begin();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void close() {
    flush();
    try {
      out.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(
        "cannot write " + (file == null ? folder : file) + ": " + e.getMessage(), e);
  }
}
