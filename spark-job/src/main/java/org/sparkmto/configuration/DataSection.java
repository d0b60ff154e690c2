package org.sparkmto.configuration;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code data}: what is trained on and how it is read. */
public record DataSection(
    String directory,
    String train,
    String validation,
    List<String> tasks,
    Normalisation normalisation,
    int windowRows,
    int cacheMib) {

  /** Whose mean and deviation images are standardised by. */
  enum Normalisation {
    DATASET,
    IMAGENET
  }

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "data",
          "",
          Option.required("directory", Option.text(), "A data set that `preprocess` finished."),
          Option.of("train", Option.text(), "train", "Split to train on."),
          Option.of(
              "validation",
              Option.text(),
              "val",
              "Split to evaluate on after every segment; \"\" evaluates nothing."),
          Option.of(
              "tasks",
              Option.texts(),
              List.of(),
              "Names of the tasks to train, in any order; empty means all of the data set."),
          Option.of(
              "normalisation",
              Option.choice(Normalisation.class),
              Normalisation.DATASET,
              "Images are standardised by mean and deviation of the training split (dataset), or,"
                  + " as pre-trained weights want it, of ImageNet (imagenet)."),
          Option.of(
              "window-rows",
              Option.count(1),
              65536,
              "Samples are shuffled over windows of at most this many; a split that fits is"
                  + " shuffled whole."),
          Option.of(
              "cache-mib",
              Option.count(1),
              512,
              "Decoded rows that a rank keeps, so that a small split is read once."));

  static DataSection of(Options options) {
    List<String> tasks = options.texts("tasks");
    Set<String> seen = new HashSet<>();
    for (String name : tasks) {
      if (!seen.add(name)) {
        throw new ConfigurationException("data.tasks names '" + name + "' twice");
      }
    }
    return new DataSection(
        options.text("directory"),
        options.text("train"),
        options.text("validation"),
        tasks,
        options.choice("normalisation", Normalisation.class),
        options.count("window-rows"),
        options.count("cache-mib"));
  }
}
