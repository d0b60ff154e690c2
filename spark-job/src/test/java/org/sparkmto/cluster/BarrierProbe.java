package org.sparkmto.cluster;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * The application of {@link StandaloneClusterIT}: a barrier stage with one task per executor, which
 * uses libtorch. Arguments: how many ranks; {@code exit=CODE} to end with it, or {@code
 * wait=FOLDER} to mark its processes there and wait to be killed.
 */
public final class BarrierProbe {
  static final int EXECUTOR_LOST = 17;

  private BarrierProbe() {}

  public static void main(String[] arguments) {
    int ranks = Integer.parseInt(arguments[0]);
    int code;
    try (JavaSparkContext spark =
        new JavaSparkContext(
            SparkSession.builder().appName("probe").getOrCreate().sparkContext())) {
      List<Integer> numbers = IntStream.range(0, ranks).boxed().toList();
      List<String> answers =
          spark
              .parallelize(numbers, ranks)
              .rdd()
              .barrier()
              .mapPartitions(
                  new Rank(arguments[1]), false, ClassTag$.MODULE$.<String>apply(String.class))
              .toJavaRDD()
              .collect();
      answers.forEach(System.out::println);
      code = Integer.parseInt(arguments[1].substring("exit=".length()));
    } catch (Exception e) {
      if (!(e instanceof SparkException)) {
        throw new IllegalStateException(e);
      }
      System.out.println("lost: " + e.getMessage());
      code = EXECUTOR_LOST;
    }
    System.exit(code);
  }

  private static final class Rank extends AbstractFunction1<Iterator<Integer>, Iterator<String>>
      implements Serializable {
    private final String order;

    Rank(String order) {
      this.order = order;
    }

    @Override
    public Iterator<String> apply(Iterator<Integer> numbers) {
      BarrierTaskContext context = BarrierTaskContext.get();
      long pid = ProcessHandle.current().pid();
      String[] all = context.allGather(String.valueOf(pid));
      if (order.startsWith("wait=")) {
        markAndWait(Path.of(order.substring("wait=".length())), pid);
      }
      try (Tensor ones = torch.ones(2, 3);
          Tensor sum = ones.sum()) {
        String place = torch.class.getProtectionDomain().getCodeSource().getLocation().toString();
        return CollectionConverters.asScala(
            List.of(
                    "rank %d of %d, process %d, sum %.1f from %s"
                        .formatted(context.partitionId(), all.length, pid, sum.item_float(), place))
                .iterator());
      }
    }

    private static void markAndWait(Path folder, long pid) {
      try {
        Files.createFile(folder.resolve(String.valueOf(pid)));
        Thread.sleep(Long.MAX_VALUE);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
