package org.sparkmto.training;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** One barrier stage, all of whose tasks run at the same time: the only place that sees Scala. */
final class BarrierStage {
  /** What one task does. */
  interface Body<R> extends Serializable {
    R run(BarrierTaskContext context) throws Exception;
  }

  private BarrierStage() {}

  /** Runs the body once per rank and gives the results in the order of ranks. */
  static <R> List<R> run(JavaSparkContext spark, int ranks, Class<R> type, Body<R> body) {
    List<Integer> numbers = IntStream.range(0, ranks).boxed().toList();
    Function1<Iterator<Integer>, Iterator<R>> task =
        (Function1<Iterator<Integer>, Iterator<R>> & Serializable)
            ignored -> CollectionConverters.asScala(List.of(once(body)).iterator());
    return spark
        .parallelize(numbers, ranks)
        .rdd()
        .barrier()
        .<R>mapPartitions(task, false, ClassTag$.MODULE$.<R>apply(type))
        .toJavaRDD()
        .collect();
  }

  private static <R> R once(Body<R> body) {
    try {
      return body.run(BarrierTaskContext.get());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the task was cancelled", e);
    } catch (Exception e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
