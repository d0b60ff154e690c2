package org.sparkmto.preprocessing.shard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.embedded.EmbeddedRow;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;
import scala.Tuple2;

/**
 * Brings the encoded files that stand in rows of a table to the tasks that decode them.
 *
 * <p>The order of shards is random, and a row group is the least that can be read of a Parquet
 * file: fetching the rows of a shard one by one would read nearly every row group for every shard.
 * So the files are read once from front to back, and Spark's shuffle, which spills to disk, moves
 * the still encoded bytes to the partition of their shard, in its order. The driver sends where
 * each row goes: 8 bytes for each row of the files.
 */
final class EmbeddedSamples {
  private static final long NOWHERE = -1;

  private EmbeddedSamples() {}

  /** The samples of every plan in a partition of its own, in order, with their bytes. */
  static JavaRDD<RankedSample> of(
      SparkSession spark, EmbeddedRows embedded, List<ShardPlan> plans) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Map<String, long[]>> routes = context.broadcast(routes(plans));
    JavaPairRDD<Long, List<byte[]>> routed =
        embedded
            .rows(spark, routes.value().keySet())
            .filter(row -> route(routes.value(), row) != NOWHERE)
            .mapToPair(row -> new Tuple2<>(route(routes.value(), row), row.cells()));
    return routed
        .repartitionAndSortWithinPartitions(new ByPlan(plans.size()))
        .zipPartitions(context.parallelize(plans, plans.size()), Joined::new);
  }

  /** By source, where each of its rows goes: plan and place in it, or nowhere. */
  private static Map<String, long[]> routes(List<ShardPlan> plans) {
    Map<String, long[]> routes = new HashMap<>();
    for (int plan = 0; plan < plans.size(); plan++) {
      List<RankedSample> samples = plans.get(plan).samples();
      for (int place = 0; place < samples.size(); place++) {
        int row = Math.toIntExact(samples.get(place).sample().index());
        String file = samples.get(place).sample().source();
        long[] rows = routes.computeIfAbsent(file, name -> new long[0]);
        if (rows.length <= row) {
          int before = rows.length;
          rows = Arrays.copyOf(rows, Math.max(row + 1, 2 * before));
          Arrays.fill(rows, before, rows.length, NOWHERE);
          routes.put(file, rows);
        }
        rows[row] = ((long) plan << 32) | place;
      }
    }
    return routes;
  }

  private static long route(Map<String, long[]> routes, EmbeddedRow row) {
    long[] rows = routes.get(row.source());
    return rows == null || row.index() >= rows.length ? NOWHERE : rows[(int) row.index()];
  }

  /** A partition for each plan. */
  private static final class ByPlan extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int plans;

    ByPlan(int plans) {
      this.plans = plans;
    }

    @Override
    public int numPartitions() {
      return plans;
    }

    @Override
    public int getPartition(Object route) {
      return (int) ((Long) route >>> 32);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByPlan same && same.plans == plans;
    }

    @Override
    public int hashCode() {
      return plans;
    }
  }

  /** The samples of one plan, each with the bytes that have arrived for it. */
  private static final class Joined implements Iterator<RankedSample> {
    private final Iterator<Tuple2<Long, List<byte[]>>> bytes;
    private final Iterator<RankedSample> samples;
    private int place;

    Joined(Iterator<Tuple2<Long, List<byte[]>>> bytes, Iterator<ShardPlan> plans) {
      this.bytes = bytes;
      this.samples = plans.next().samples().iterator();
    }

    @Override
    public boolean hasNext() {
      return samples.hasNext();
    }

    @Override
    public RankedSample next() {
      RankedSample planned = samples.next();
      Tuple2<Long, List<byte[]>> next = bytes.hasNext() ? bytes.next() : null;
      if (next == null || (int) (long) next._1() != place) {
        throw PreprocessingException.failed(
            "row "
                + planned.sample().index()
                + " of "
                + planned.sample().source()
                + " is not there or there twice: the table changes while it is read; run again");
      }
      place++;
      return new RankedSample(planned.rank(), planned.sample().carrying(next._2()));
    }
  }
}
