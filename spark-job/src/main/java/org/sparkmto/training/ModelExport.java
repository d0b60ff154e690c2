package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.network.NetworkProgram;
import org.sparkmto.network.PythonNetwork;
import org.sparkmto.network.Replica;
import org.sparkmto.network.TorchScriptNetwork;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** A trained model in a form that other programs use without this one. */
public final class ModelExport {
  /** In which form. */
  public enum Format {
    /** The directory of the model: weights and manifest. */
    SAFETENSORS,
    /** The same, and the network as a file of Python that needs PyTorch alone. */
    PYTHON,
    /** Network, weights and manifest in one file, for libtorch in any language. */
    TORCHSCRIPT
  }

  /** The network as Python. */
  static final String PYTHON_FILE = "network.py";

  /** The network as TorchScript. */
  static final String TORCHSCRIPT_FILE = "network.pt";

  private ModelExport() {}

  /**
   * Writes a model into a directory that is not there yet. It appears there whole or not at all; on
   * an object store the manifest, or the only file, comes last.
   *
   * @param out the directory, on any storage
   * @throws ConfigurationException if something is there, the model is damaged, or its network
   *     cannot be written down in this form
   */
  public static void write(TrainedModel model, Format format, String out, Configuration hadoop) {
    RunDirectory target = RunDirectory.of(out, hadoop);
    requireFree(target);
    if (OutputDirectory.isObjectStore(target.files())) {
      fill(model, format, target, hadoop);
      return;
    }
    Path root = target.root();
    RunDirectory unfinished =
        RunDirectory.of(
            new Path(root.getParent(), "." + root.getName() + ".unfinished").toString(), hadoop);
    unfinished.delete("");
    try {
      fill(model, format, unfinished, hadoop);
      target.deleteIfEmpty();
      requireFree(target);
      if (!target.files().rename(unfinished.root(), root)) {
        throw new IOException("it cannot be renamed from " + unfinished.name());
      }
    } catch (IOException e) {
      throw RunDirectory.failed("write", root, e);
    } finally {
      unfinished.delete("");
    }
  }

  /**
   * Looks whether a model can be written into a directory; changes nothing.
   *
   * @throws ConfigurationException if something is there
   */
  public static void requireFree(String out, Configuration hadoop) {
    requireFree(RunDirectory.of(out, hadoop));
  }

  private static void requireFree(RunDirectory target) {
    if (target.exists()) {
      throw new ConfigurationException(
          target.name() + " is there already and is not replaced; name another, or delete it");
    }
  }

  private static void fill(
      TrainedModel model, Format format, RunDirectory directory, Configuration hadoop) {
    boolean isTorchScript = model.files().size() > 1; // more than the weights
    if (format == Format.SAFETENSORS || (isTorchScript && format == Format.TORCHSCRIPT)) {
      ModelCopy.write(model, directory.name(), hadoop);
      return;
    }
    if (isTorchScript) {
      throw new ConfigurationException(
          "the network of %s is made of TorchScript files, whose Python is yours; --format torchscript"
                  .formatted(model.run())
              + " copies them with the trained weights");
    }
    try (Replica replica = model.replica()) {
      NetworkProgram program = NetworkProgram.of(replica);
      try (TorchScriptNetwork script = TorchScriptNetwork.of(program, replica)) {
        if (format == Format.TORCHSCRIPT) {
          saved(script, model.manifest(), directory);
          return;
        }
      }
      String title =
          "Network '%s' of %s, step %d"
              .formatted(replica.plan().architecture(), model.run(), model.step());
      directory.write(PYTHON_FILE, PythonNetwork.of(program, replica, title));
    }
    ModelCopy.write(model, directory.name(), hadoop);
  }

  /** By way of a file of this machine, since libtorch writes no others. */
  private static void saved(TorchScriptNetwork script, String manifest, RunDirectory directory) {
    Path path = directory.path(TORCHSCRIPT_FILE);
    try {
      java.nio.file.Path local = Files.createTempFile("spark-mto-", ".pt");
      try {
        script.save(local, Map.of(Checkpoint.MANIFEST, manifest));
        directory.files().mkdirs(directory.root());
        try (InputStream from = Files.newInputStream(local);
            OutputStream to = directory.files().create(path, false)) {
          from.transferTo(to);
        }
      } finally {
        Files.deleteIfExists(local);
      }
    } catch (IOException e) {
      throw RunDirectory.failed("write", path, e);
    }
  }
}
