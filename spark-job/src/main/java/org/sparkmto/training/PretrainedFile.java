package org.sparkmto.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.PretrainedWeights;
import org.sparkmto.network.Replica;
import org.sparkmto.network.SafetensorsException;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.options.ConfigurationException;

/** The file of weights that a backbone starts from, on any storage that Hadoop reaches. */
final class PretrainedFile {
  private PretrainedFile() {}

  private interface Use<T> {
    T of(InputStream in) throws IOException;
  }

  /**
   * Compares the file's header with the network, and looks at its values.
   *
   * @return what will start from it and what is not used, in words
   * @throws ConfigurationException if the file is not there, not of this network's backbone, or
   *     holds a value that is not finite
   */
  static String check(String file, Configuration hadoop, NetworkPlan plan) {
    return opened(
        file,
        hadoop,
        in -> {
          SafetensorsReader reader = new SafetensorsReader(in, file);
          PretrainedWeights matched = PretrainedWeights.match(plan, reader.tensors(), file);
          matched.check(reader, file);
          return matched.summary();
        });
  }

  /**
   * Reads the weights.
   *
   * @throws ConfigurationException if the file is not there, damaged, or of another network
   */
  static void read(String file, Configuration hadoop, Replica replica) {
    opened(
        file,
        hadoop,
        in -> {
          replica.weights().readPretrained(in, file);
          return file;
        });
  }

  private static <T> T opened(String file, Configuration hadoop, Use<T> use) {
    Path path = new Path(file);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return use.of(in);
    } catch (FileNotFoundException e) {
      throw new ConfigurationException(
          "network.pretrained = "
              + file
              + " is not there; on a cluster it must be storage that driver and executors share",
          e);
    } catch (SafetensorsException e) {
      throw new ConfigurationException("network.pretrained: " + e.getMessage(), e);
    } catch (IOException e) {
      throw RunDirectory.failed("read", path, e);
    }
  }
}
