package org.sparkmto.trial;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;

/**
 * One configuration with one method after the other, for trials that write nothing.
 *
 * @param rest of it, without method, look and directory
 */
record MethodTrials(Config rest) {

  /** Of a configuration whose own method, look and directory do not matter. */
  static MethodTrials of(Config given) {
    return new MethodTrials(
        ConfigFactory.parseString("run.directory = none")
            .withFallback(given.withoutPath("method").withoutPath(LookSection.NAME)));
  }

  /**
   * With a method and a look, as lines of a configuration.
   *
   * @throws org.sparkmto.options.ConfigurationException if they are impossible
   */
  TrainingConfiguration with(String lines) {
    return TrainingConfiguration.of(ConfigFactory.parseString(lines).withFallback(rest));
  }
}
