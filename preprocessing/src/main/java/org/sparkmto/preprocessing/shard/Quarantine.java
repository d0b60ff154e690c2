package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * All that is set aside of a data set, in the order of its table: what the lists have refused, and
 * what could not be decoded, whose reasons the executors find. Reasons never come to the driver,
 * which would need more memory for them than for the samples.
 */
final class Quarantine {
  /**
   * Enough for few files, and few enough for many tasks: what travels to an executor in one piece
   * stays below a megabyte.
   */
  static final int ROWS_PER_FILE = 2_000;

  /** The order of the table. */
  static final Comparator<RefusedSample> ORDER =
      Comparator.comparing(RefusedSample::id).thenComparing(RefusedSample::source);

  private Quarantine() {}

  /** Opens a reader on an executor. */
  interface Readers extends Serializable {
    SampleReader open();
  }

  /** One of both kinds; the other is null. */
  private record Member(String id, String source, RefusedSample known, RawSample leftOut) {
    static final Comparator<Member> ORDER =
        Comparator.comparing(Member::id).thenComparing(Member::source);
  }

  /** Partitions follow on each other in the order of the table. */
  static JavaRDD<RefusedSample> of(
      SparkSession spark,
      Optional<EmbeddedRows> embedded,
      List<RefusedSample> known,
      List<RawSample> leftOut,
      Readers readers) {
    List<Member> members = new ArrayList<>(known.size() + leftOut.size());
    known.forEach(sample -> members.add(new Member(sample.id(), sample.source(), sample, null)));
    leftOut.forEach(sample -> members.add(new Member(sample.id(), sample.source(), null, sample)));
    members.sort(Member.ORDER);
    List<ShardPlan> plans = new ArrayList<>();
    List<ArrayList<RefusedSample>> others = new ArrayList<>();
    for (int from = 0; plans.isEmpty() || from < members.size(); from += ROWS_PER_FILE) {
      List<RawSample> again = new ArrayList<>();
      ArrayList<RefusedSample> here = new ArrayList<>();
      for (Member member : members.subList(from, Math.min(members.size(), from + ROWS_PER_FILE))) {
        if (member.known() == null) {
          again.add(member.leftOut());
        } else {
          here.add(member.known());
        }
      }
      plans.add(ShardPlan.inOrder(again));
      others.add(here);
    }
    return SampleRuns.of(spark, leftOut.isEmpty() ? Optional.empty() : embedded, plans)
        .map(ShardPlan.RankedSample::sample)
        .zipPartitions(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(others, others.size()),
            (samples, refused) -> {
              List<RefusedSample> all = new ArrayList<>(refused.next());
              try (SampleReader reader = readers.open()) {
                while (samples.hasNext()) {
                  all.add(reason(samples.next(), reader));
                }
              }
              all.sort(ORDER);
              return all.iterator();
            });
  }

  private static RefusedSample reason(RawSample sample, SampleReader reader) throws IOException {
    try {
      reader.read(sample);
    } catch (UnreadableSampleException e) {
      return new RefusedSample(sample.id(), sample.source(), e.reason(), e.getMessage());
    }
    throw PreprocessingException.failed(
        "sample "
            + sample.id()
            + " is in no shard and yet can be decoded: either "
            + sample.source()
            + " changes while it is read, or a written file was lost; run again");
  }
}
