package org.sparkmto.configuration;

import java.util.List;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code targets}: what heads are trained to give, and where they start. */
public record TargetsSection(Wanted standardise, Wanted prior) {

  /** Yes, no, or what the data set is used with. */
  enum Wanted {
    AUTO,
    TRUE,
    FALSE
  }

  /**
   * The data set that people bring themselves. The others are published ones, and papers' tables
   * come from losses in original units and heads that start as PyTorch's layers do.
   */
  private static final String OWN = "own";

  private static final String AUTO_MEANS =
      "auto does so for data sets of `preprocess own`, and not for published ones, whose protocols"
          + " do without.";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "targets",
          "",
          Option.of(
              "standardise",
              Option.choice(Wanted.class),
              Wanted.AUTO,
              "Whether targets of real numbers, of whole images and of pixels but for normals, are"
                  + " standardised by mean and deviation of the training split: the loss is of the"
                  + " standardised number, predictions and figures are in the target's unit all the"
                  + " same. "
                  + AUTO_MEANS),
          Option.of(
              "prior",
              Option.choice(Wanted.class),
              Wanted.AUTO,
              "Whether the biases of the heads' outputs start at what the training split says"
                  + " without an image: log shares of classes, log-odds of a yes, means of numbers."
                  + " "
                  + AUTO_MEANS));

  static TargetsSection of(Options options) {
    return new TargetsSection(
        options.choice("standardise", Wanted.class), options.choice("prior", Wanted.class));
  }

  /** The network with the targets of a data set as they are wanted. */
  NetworkPlan applied(NetworkPlan plan, DatasetManifest manifest) {
    NetworkPlan standardised = chosen(standardise, manifest) ? plan.standardised(manifest) : plan;
    // Heads of files start as the files have them, unless they are told not to.
    boolean asGiven = prior == Wanted.AUTO && plan.architecture().equals(ScriptFiles.NETWORK);
    return chosen(prior, manifest) && !asGiven
        ? standardised.startingAtPriors(manifest)
        : standardised;
  }

  /**
   * Refuses to standardise what the data set does not know the spread of.
   *
   * @throws ConfigurationException naming the tasks
   */
  public void require(NetworkPlan plan, DatasetManifest manifest) {
    List<String> unknown = plan.inOwnUnits();
    if (standardise == Wanted.TRUE && !unknown.isEmpty()) {
      throw new ConfigurationException(
          "targets.standardise = true, but data set '%s' does not say how %s is spread; preprocess it"
                  .formatted(manifest.dataset(), String.join(", ", unknown))
              + " again, or set targets.standardise = false");
    }
  }

  private static boolean chosen(Wanted wanted, DatasetManifest manifest) {
    return wanted == Wanted.TRUE || (wanted == Wanted.AUTO && manifest.dataset().equals(OWN));
  }
}
