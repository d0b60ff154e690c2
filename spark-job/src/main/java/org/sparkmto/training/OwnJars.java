package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.method.Methods;
import org.sparkmto.metric.Metrics;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Registry;

/**
 * The jars of a user's own that add methods and the like to this program: what of them a run notes
 * down, and what is said where they are others later.
 */
final class OwnJars {
  private static final String FACT = "jar ";

  private OwnJars() {}

  /** Each jar as an environment has it, with the SHA-256 of its content, lower-case hexadecimal. */
  static Map<String, String> facts() {
    return Noted.FACTS;
  }

  /**
   * In what the jars of today are others than those of an earlier start.
   *
   * @param environment what was noted then; one of an earlier version has no jars
   * @return a sentence for each; empty if all is as it was
   */
  static List<String> differences(Map<String, String> environment) {
    List<String> differences = new ArrayList<>();
    environment.forEach(
        (fact, digest) -> {
          if (fact.startsWith(FACT)) {
            String jar = fact.substring(FACT.length());
            String now = facts().get(fact);
            if (now == null) {
              differences.add(jar + ", which was there in training, is not on the class path");
            } else if (!now.equals(digest)) {
              differences.add(jar + " is another than in training, by its SHA-256");
            }
          }
        });
    return differences;
  }

  /**
   * The configuration of something that was trained, which may name what only a jar knows.
   *
   * @param environment what was noted then
   * @throws ConfigurationException if it cannot be read; the message begins with the jars that are
   *     others than then
   */
  static TrainingConfiguration configuration(Map<String, String> environment, String rendered) {
    try {
      return TrainingConfiguration.parse(rendered);
    } catch (ConfigurationException e) {
      List<String> differences = differences(environment);
      if (differences.isEmpty()) {
        throw e;
      }
      throw new ConfigurationException(String.join("; ", differences) + ": " + e.getMessage(), e);
    }
  }

  /** Read once: the class path does not change. */
  private static final class Noted {
    private static final Map<String, String> FACTS = Collections.unmodifiableMap(read());

    private static Map<String, String> read() {
      Map<String, String> facts = new TreeMap<>();
      for (Registry<?> registry :
          List.of(
              Methods.known(),
              Optimizers.known(),
              Schedules.known(),
              Architectures.known(),
              TaskLosses.known(),
              Metrics.known())) {
        registry
            .jars()
            .forEach(
                (name, place) -> {
                  if (Files.isRegularFile(place)) { // a folder of classes has no digest
                    facts.computeIfAbsent(FACT + name, fact -> sha256(place));
                  }
                });
      }
      return facts;
    }

    private static String sha256(Path jar) {
      MessageDigest sha = ContentDigest.sha256();
      try (InputStream in = Files.newInputStream(jar);
          OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
        in.transferTo(out);
        return ContentDigest.hex(sha.digest());
      } catch (IOException e) {
        return "unreadable";
      }
    }
  }
}
