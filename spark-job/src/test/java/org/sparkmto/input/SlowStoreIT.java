package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.S3Server;
import org.sparkmto.cluster.TcpProxy;

/** Training from an object store, every answer of which takes 50 ms, beside a local disk. */
@Timeout(120)
class SlowStoreIT {
  private static final Duration DELAY = Duration.ofMillis(50);
  private static final Duration STEP = Duration.ofMillis(25);
  private static final int STEPS = 80;

  @TempDir Path folder;

  /** What steps waited for data, and all of them, in seconds. */
  private record Course(double waited, double all) {
    String words(String where) {
      return String.format(
          Locale.ROOT,
          "%s: %d steps of %d ms took %.2f s, of which ranks waited %.2f s for data",
          where,
          STEPS,
          STEP.toMillis(),
          all,
          waited);
    }
  }

  /** Row groups of four batches of 8, windows of two row groups, nothing kept. */
  private static Course course(SplitSource source) throws InterruptedException {
    BatchPlan plan = new BatchPlan(8, 0, 1, 3, 64);
    try (BatchStream stream = BatchStream.open(source, plan, new Buffering(0, 2), 0)) {
      BatchStreamTest.checkValues(stream.next());
      long start = System.nanoTime();
      long waited = 0;
      for (int step = 0; step < STEPS; step++) {
        Thread.sleep(STEP.toMillis());
        long asked = System.nanoTime();
        RankBatch batch = stream.next();
        waited += System.nanoTime() - asked;
        BatchStreamTest.checkValues(batch);
      }
      return new Course(waited / 1e9, (System.nanoTime() - start) / 1e9);
    }
  }

  @Test
  void ranksThatReadFromAStoreDoNotWaitForEachAnswer() throws Exception {
    List<List<Integer>> files = Collections.nCopies(12, List.of(32, 32));
    Path shards = folder.resolve("local");
    SplitSource local = ShardFixture.write(shards, files, "image", "label");
    org.apache.hadoop.fs.Path bucket = new org.apache.hadoop.fs.Path("s3a://shards/numbers");
    try (S3Server server = S3Server.start(folder, "shards");
        TcpProxy proxy = new TcpProxy(server.port())) {
      proxy.delay(DELAY);
      Configuration direct = server.reaching(local.hadoop());
      try (FileSystem store = FileSystem.newInstance(bucket.toUri(), direct)) {
        store.copyFromLocalFile(new org.apache.hadoop.fs.Path(shards.toUri()), bucket);
      }
      SplitSource remote =
          new SplitSource(
              local.manifest(),
              bucket,
              server.reaching(local.hadoop(), proxy.port()),
              local.split(),
              local.columns());
      Course near = course(local);
      Course far = course(remote);
      System.out.println(near.words("disk"));
      System.out.println(
          far.words("store with " + DELAY.toMillis() + " ms")
              + ", "
              + proxy.questions()
              + " questions");
      // One after the other they would take longer than all steps, and ranks would wait for each;
      // by how much less they do is for benchmarks, as it depends on what else the machine does.
      double answers = proxy.questions() * DELAY.toMillis() / 1e3;
      assertThat(answers).isGreaterThan(STEPS * STEP.toMillis() / 1e3);
      assertThat(far.waited()).isLessThan(answers / 2);
    }
  }
}
