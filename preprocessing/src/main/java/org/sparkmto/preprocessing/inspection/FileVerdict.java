package org.sparkmto.preprocessing.inspection;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.shard.ContentCheck;
import org.sparkmto.preprocessing.shard.FileDigest;
import org.sparkmto.preprocessing.shard.ShardContent;
import org.sparkmto.preprocessing.shard.ShardTotals;
import org.sparkmto.storage.Causes;

/** What one file turned out to hold. Lives on an executor first, then on the driver. */
final class FileVerdict implements Serializable {
  private static final long serialVersionUID = 1;

  /** Findings kept of one file; the rest is counted. */
  private static final int MOST_FINDINGS = 20;

  private final String path;
  private final ArrayList<Finding> findings = new ArrayList<>();
  private final ArrayList<String> samples = new ArrayList<>();
  private final ShardTotals totals;
  private long findingsLeftOut;
  private BigInteger digest;
  private long firstRank;
  private long lastRank;

  /**
   * A file to look at: what the manifest says about it, in a form that travels.
   *
   * @param location where it is
   */
  record Candidate(
      String path, long bytes, String sha256, ArrayList<Integer> rowGroups, String location)
      implements Serializable {
    static Candidate of(ShardFile file, Path location) {
      return new Candidate(
          file.path(),
          file.bytes(),
          file.sha256(),
          new ArrayList<>(file.rowGroups()),
          location.toString());
    }
  }

  private FileVerdict(String path, List<Column> columns, List<Task> tasks) {
    this.path = path;
    this.totals = new ShardTotals(columns, tasks);
  }

  /** Reads a file and compares it with what the manifest says. */
  static FileVerdict of(
      Candidate file, List<Column> columns, List<Task> tasks, Configuration hadoop) {
    FileVerdict verdict = new FileVerdict(file.path(), columns, tasks);
    try {
      verdict.compareBytes(file, hadoop);
      verdict.compareRows(file, columns, tasks, hadoop);
    } catch (FileNotFoundException e) {
      verdict.add("", "is missing; copy the data set again, or preprocess it again");
    } catch (IOException | RuntimeException e) {
      verdict.add("", "cannot be read: " + innermost(e));
    }
    return verdict;
  }

  private void compareBytes(Candidate promised, Configuration hadoop) throws IOException {
    FileDigest found = FileDigest.of(new Path(promised.location()), hadoop);
    if (found.bytes() != promised.bytes()) {
      add("", "has " + found.bytes() + " bytes, the manifest says " + promised.bytes());
    } else if (!found.sha256().equals(promised.sha256())) {
      add("", "has sha256 " + found.sha256() + ", the manifest says " + promised.sha256());
    }
  }

  private void compareRows(
      Candidate promised, List<Column> columns, List<Task> tasks, Configuration hadoop)
      throws IOException {
    ContentCheck check = new ContentCheck(columns, tasks);
    ShardContent content =
        ShardContent.read(
            new Path(promised.location()),
            columns,
            hadoop,
            (id, rank, row) -> {
              addRow(id, rank);
              Optional<String> complaint = complaint(columns, row, check);
              complaint.ifPresentOrElse(trouble -> add(id, trouble), () -> totals.add(id, row));
            });
    if (!content.rowGroups().equals(promised.rowGroups())) {
      add("", differs("row groups", content.rowGroups(), promised.rowGroups()));
    }
    long expected = promised.rowGroups().stream().mapToLong(Integer::longValue).sum();
    if (content.rows() != expected) {
      add("", differs("rows", content.rows(), expected));
    }
    digest = content.digest();
  }

  private static Optional<String> complaint(
      List<Column> columns, List<byte[]> row, ContentCheck check) {
    for (int c = 0; c < columns.size(); c++) {
      if (row.get(c).length != columns.get(c).bytes()) {
        return Optional.of(
            "column '"
                + columns.get(c).name()
                + "' has "
                + row.get(c).length
                + " bytes instead of "
                + columns.get(c).bytes());
      }
    }
    return check.complaint(row).map(ContentCheck.Complaint::detail);
  }

  private void addRow(String id, long rank) {
    if (samples.isEmpty()) {
      firstRank = rank;
    } else if (!ascending(lastRank, samples.get(samples.size() - 1), rank, id)) {
      add(id, "stands behind a sample of a higher rank");
    }
    lastRank = rank;
    samples.add(id);
  }

  /** Whether the rows of another file may follow on the rows of this one. */
  boolean mayBeFollowedBy(FileVerdict next) {
    return samples.isEmpty()
        || next.samples.isEmpty()
        || ascending(
            lastRank, samples.get(samples.size() - 1), next.firstRank, next.samples.get(0));
  }

  private static boolean ascending(long rank, String id, long nextRank, String nextId) {
    return rank < nextRank || (rank == nextRank && id.compareTo(nextId) < 0);
  }

  static String differs(String what, Object found, Object promised) {
    return "has " + what + " " + found + ", the manifest says " + promised;
  }

  private void add(String sample, String detail) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(new Finding(path, sample, detail));
    } else {
      findingsLeftOut++;
    }
  }

  private static String innermost(Throwable trouble) {
    Throwable cause = Causes.innermost(trouble);
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }

  String path() {
    return path;
  }

  List<Finding> findings() {
    return findings;
  }

  /** Findings beyond those kept. */
  long findingsLeftOut() {
    return findingsLeftOut;
  }

  /** Identities of the rows that could be read, in order. */
  List<String> samples() {
    return samples;
  }

  /** Of the rows that are as their tasks promise. */
  ShardTotals totals() {
    return totals;
  }

  /** Of all rows; none if they could not be read to the end. */
  Optional<BigInteger> digest() {
    return Optional.ofNullable(digest);
  }
}
