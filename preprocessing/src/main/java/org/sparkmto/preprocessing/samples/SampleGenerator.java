package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.output.OutputDirectory;

/**
 * A kind of samples. Sample {@code i} of a split is a function of seed, split and i alone.
 *
 * <p>An implementation declares its {@link #entry entry}, which {@link SampleGeneration} lists.
 */
public interface SampleGenerator {

  /** What entries of generators are, as messages name it. */
  String KIND = "samples";

  /** An option that not every kind has: defects of the training samples. */
  Option FAULTS =
      Option.orAbsent(
          "faults", Faults.KIND, "how many training samples have which defect; without it none");

  /** An option that not every kind has: where the images of garments are. */
  Option FASHION_DIRECTORY =
      Option.orAbsent(
          "fashion-directory",
          Option.text(),
          "directory of the four files of Fashion-MNIST; without it the installed ones, or the"
              + " 10,000 built in");

  /** An option that not every kind has: the size of the images. */
  static Option size(String usual) {
    return Option.of("size", ImageSize.KIND, usual, "size of the images");
  }

  /**
   * Declares a kind.
   *
   * @param name how a command line names it
   * @param summary one line for people: what is drawn, in whose layout
   * @param train usual number of training samples
   * @param val usual number of validation samples
   * @param test usual number of test samples
   * @param others what else can be chosen
   */
  static Entry<SampleGenerator> entry(
      String name,
      String summary,
      int train,
      int val,
      int test,
      Supplier<? extends SampleGenerator> maker,
      Option... others) {
    List<Option> options = new ArrayList<>();
    options.add(Option.of("train", Option.count(1), train, "training samples"));
    options.add(Option.of("val", Option.count(0), val, "validation samples"));
    options.add(Option.of("test", Option.count(0), test, "test samples"));
    options.addAll(Arrays.asList(others));
    return new Entry<>(KIND, name, summary, options, chosen -> maker.get());
  }

  /** Entries of the output directory that {@link #write} may write. */
  Set<String> entries();

  /** Refuses what cannot be done, before anything of the output is touched. */
  default void check(SparkSession spark, SamplesOrder order) throws IOException {}

  /**
   * Writes the samples of all splits into a directory that is already begun.
   *
   * @return where the pictures come from, for people
   */
  String write(SparkSession spark, SamplesOrder order, OutputDirectory output) throws IOException;
}
