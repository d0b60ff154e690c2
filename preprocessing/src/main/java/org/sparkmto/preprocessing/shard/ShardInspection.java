package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/**
 * A written file beside what it should hold.
 *
 * @param path relative to the data set
 * @param file its bytes
 * @param content the rows it really holds
 * @param totals for statistics
 * @param occurrences of classes and labels
 * @param leftOut places in the plan of samples that it does not hold
 */
record ShardInspection(
    String path,
    FileDigest file,
    ShardContent content,
    ShardTotals totals,
    Occurrences occurrences,
    BitSet leftOut)
    implements Serializable {

  /**
   * A file to look at.
   *
   * @param path relative to the data set
   * @param location where it is
   * @param plan the samples that it should hold, by identity and rank alone
   */
  record Candidate(String path, String location, ShardPlan plan) implements Serializable {}

  /**
   * Reads a file.
   *
   * @param counted whether totals of the targets are wanted
   * @throws PreprocessingException if its rows are not the planned ones in the planned order,
   *     except for samples that are left out
   */
  static ShardInspection of(
      Candidate candidate,
      List<Column> columns,
      List<Task> tasks,
      boolean counted,
      Configuration hadoop)
      throws IOException {
    ShardTotals totals = new ShardTotals(columns, counted ? tasks : List.of());
    Occurrences occurrences = new Occurrences(columns, tasks);
    Expectation expectation = new Expectation(candidate);
    Path file = new Path(candidate.location());
    ShardContent content =
        ShardContent.read(
            file,
            columns,
            hadoop,
            (id, rank, row) -> {
              expectation.meet(id, rank);
              totals.add(id, row);
              occurrences.add(row);
            });
    BitSet leftOut = expectation.leftOut();
    if (content.rowGroups().stream().mapToLong(Integer::longValue).sum() != content.rows()) {
      throw PreprocessingException.failed(
          candidate.location()
              + " announces row groups of "
              + content.rowGroups()
              + " and holds "
              + content.rows());
    }
    return new ShardInspection(
        candidate.path(), FileDigest.of(file, hadoop), content, totals, occurrences, leftOut);
  }

  /** Walks along the plan while rows come. */
  private static final class Expectation {
    private final Candidate candidate;
    private final List<RankedSample> planned;
    private final BitSet leftOut = new BitSet();
    private int position;

    Expectation(Candidate candidate) {
      this.candidate = candidate;
      this.planned = candidate.plan().samples();
    }

    void meet(String id, long rank) {
      while (position < planned.size() && !planned.get(position).sample().id().equals(id)) {
        leftOut.set(position++);
      }
      if (position == planned.size() || planned.get(position).rank() != rank) {
        throw PreprocessingException.failed(
            candidate.location() + " holds sample " + id + " twice or out of order");
      }
      position++;
    }

    BitSet leftOut() {
      leftOut.set(position, planned.size());
      position = planned.size();
      return leftOut;
    }
  }
}
