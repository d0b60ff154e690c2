package org.sparkmto.retraining;

import com.typesafe.config.Config;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.job.Appending;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.training.RunDirectory;

/**
 * Raw data whose new samples are added to the data set before a retraining looks at it. What is
 * there already is not added again, so the same call after a crash adds the rest.
 */
public final class RawArrival {
  private static final String OWN = "own";

  private final PreprocessingRequest request;
  private final boolean first;

  private RawArrival(PreprocessingRequest request, boolean first) {
    this.request = request;
    this.first = first;
  }

  /**
   * Looks whether samples can be added to the data set of a configuration, which is made if it is
   * not there; changes nothing.
   *
   * @param raw directory of own data
   * @param options of {@code preprocess own}
   * @throws ConfigurationException if the configuration has a directory of data sets
   * @throws org.sparkmto.preprocessing.PreprocessingException if the data set was made otherwise
   */
  public static RawArrival of(
      String raw, Config options, TrainingConfiguration configuration, Configuration hadoop) {
    if (configuration.retrain().section().data().isPresent()) {
      throw new ConfigurationException(
          "--raw adds to the data set of data.directory; leave retrain.data out");
    }
    PreprocessingRequest request =
        new PreprocessingRequest(
            OWN,
            raw,
            configuration.dataDirectory(),
            0,
            options,
            OptionalInt.empty(),
            OptionalInt.empty(),
            PreprocessingRequest.USUAL_MAX_BAD,
            false,
            List.of());
    boolean first =
        RunDirectory.of(configuration.dataDirectory(), hadoop)
            .read(DatasetManifest.FILE_NAME)
            .isEmpty();
    if (first) {
      Preprocessing.check(request, hadoop);
    } else {
      Appending.check(request, hadoop);
    }
    return new RawArrival(request, first);
  }

  /** Adds them; says how many. */
  public void add(SparkSession spark, Consumer<String> said) {
    if (first) {
      long samples = Preprocessing.run(spark, request).manifest().sources().kept();
      said.accept(request.output() + ": made of " + Counted.of(samples, "sample"));
      return;
    }
    Appending.Appended appended = Appending.run(spark, request);
    said.accept(
        request.output()
            + ": added %s; %s there"
                .formatted(
                    Counted.of(appended.added(), "sample"),
                    Counted.of(appended.present(), "was", "were")));
    if (!appended.changed().isEmpty()) {
      said.accept(
          "%,d of those have other labels or another split in the table now, which is not taken over"
              .formatted(appended.changed().size()));
    }
  }
}
