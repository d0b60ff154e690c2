package org.sparkmto.experiment.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.sparkmto.options.ConfigurationException;

/** Reads the plain keys of a file's section {@value SweepGrid#SECTION}. */
record SweepReader(Config section) {

  String directory() {
    String directory = text("directory", "");
    if (directory.isBlank()) {
      throw new ConfigurationException(
          "sweep.directory is not set: say where the runs and tables go");
    }
    return directory;
  }

  String text(String key, String usual) {
    return read(key, usual, section::getString);
  }

  List<String> texts(String key, List<String> usual) {
    return read(key, usual, section::getStringList);
  }

  /** 0 for no check. */
  int checkSteps() {
    int steps = read("check-steps", 0, section::getInt);
    if (steps < 0 || steps == 1) {
      throw new ConfigurationException(
          "sweep.check-steps = "
              + steps
              + ": a check with an interruption needs 2 steps or more; 0 is none");
    }
    return steps;
  }

  /** One seed or more, none twice. */
  List<Long> seeds(LongSupplier usual) {
    if (!section.hasPath("seeds")) {
      return List.of(usual.getAsLong());
    }
    List<Long> seeds = read("seeds", List.<Long>of(), section::getLongList);
    if (seeds.isEmpty() || Set.copyOf(seeds).size() < seeds.size()) {
      throw new ConfigurationException("sweep.seeds = " + seeds + ": name each of them once");
    }
    return seeds;
  }

  private <T> T read(String key, T usual, Function<String, T> how) {
    try {
      return section.hasPath(key) ? how.apply(key) : usual;
    } catch (ConfigException e) {
      throw new ConfigurationException("sweep." + e.getMessage(), e);
    }
  }
}
