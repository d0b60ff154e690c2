package org.sparkmto.cluster;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
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
 * uses libtorch. Arguments: how many ranks, and the exit code.
 */
public final class BarrierProbe {
  private BarrierProbe() {}

  public static void main(String[] arguments) {
    int ranks = Integer.parseInt(arguments[0]);
    try (JavaSparkContext spark =
        new JavaSparkContext(
            SparkSession.builder().appName("probe").getOrCreate().sparkContext())) {
      List<Integer> numbers = IntStream.range(0, ranks).boxed().toList();
      List<String> answers =
          spark
              .parallelize(numbers, ranks)
              .rdd()
              .barrier()
              .mapPartitions(new Rank(), false, ClassTag$.MODULE$.<String>apply(String.class))
              .toJavaRDD()
              .collect();
      answers.forEach(System.out::println);
    }
    System.exit(Integer.parseInt(arguments[1]));
  }

  private static final class Rank extends AbstractFunction1<Iterator<Integer>, Iterator<String>>
      implements Serializable {
    @Override
    public Iterator<String> apply(Iterator<Integer> numbers) {
      BarrierTaskContext context = BarrierTaskContext.get();
      long pid = ProcessHandle.current().pid();
      String[] all = context.allGather(String.valueOf(pid));
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
  }
}
