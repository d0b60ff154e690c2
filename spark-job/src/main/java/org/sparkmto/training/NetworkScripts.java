package org.sparkmto.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.configuration.NetworkSection;
import org.sparkmto.configuration.ScriptPlace;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.ScriptFile;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.storage.StorageException;

/**
 * The TorchScript files of a run's network: named by the configuration, known by their digests from
 * then on, and kept in the run's directory, from where ranks read them.
 */
final class NetworkScripts {
  /** Where a run keeps them, each under its digest. */
  static final String FOLDER = "network";

  private NetworkScripts() {}

  /**
   * Reads the files that a configuration names.
   *
   * @param kept whether what the run keeps will do for a file that is not there any more
   * @return none for a network that is made here
   * @throws ConfigurationException if one is not there, or not what its digest says
   */
  static ScriptFiles named(
      TrainingConfiguration configuration, boolean kept, Configuration hadoop) {
    NetworkSection network = configuration.network();
    if (!network.name().equals(ScriptFiles.NETWORK)) {
      return ScriptFiles.none();
    }
    Map<ScriptPlace, String> digests = ScriptPlace.digests(network);
    Map<ScriptPlace, ScriptFile> files = new LinkedHashMap<>();
    ScriptPlace.files(network)
        .forEach(
            (place, path) -> {
              ScriptFile file = read(place, path, configuration, kept, hadoop);
              String wanted = digests.getOrDefault(place, file.sha256());
              if (!wanted.equals(file.sha256())) {
                throw new ConfigurationException(
                    "%s has the SHA-256 %s, and %s asks for %s; restore the file, or leave the digest"
                            .formatted(file, file.sha256(), place.digestKey(), wanted)
                        + " out to take it as it is");
              }
              files.put(place, file);
            });
    return files(files);
  }

  private static ScriptFile read(
      ScriptPlace place,
      String name,
      TrainingConfiguration configuration,
      boolean kept,
      Configuration hadoop) {
    try {
      Path path = StorageException.qualified(name, hadoop);
      LocalCopies.Copy copy = LocalCopies.of(() -> path.getFileSystem(hadoop).open(path));
      return new ScriptFile(place.key() + " " + name, copy.sha256(), copy.file());
    } catch (FileNotFoundException e) {
      Optional<ScriptFile> own = kept ? ofEarlier(place, configuration, hadoop) : Optional.empty();
      return own.orElseThrow(
          () ->
              new ConfigurationException(
                  "%s = %s: there is no such file".formatted(place.key(), name), e));
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s: %s".formatted(place.key(), StorageException.of(name, e).getMessage()), e);
    }
  }

  /** What the run in the directory was begun with. */
  private static Optional<ScriptFile> ofEarlier(
      ScriptPlace place, TrainingConfiguration configuration, Configuration hadoop) {
    RunDirectory run = RunDirectory.of(configuration.runDirectory(), hadoop);
    return run.read(RunDirectory.CONFIGURATION)
        .map(text -> ScriptPlace.digests(TrainingConfiguration.parse(text).network()).get(place))
        .map(digest -> ofRun(place, digest, run));
  }

  /**
   * A configuration that says by their digests which files its network is made of: what must not
   * change when the run goes on, wherever they lie.
   */
  static TrainingConfiguration sealed(TrainingConfiguration configuration, ScriptFiles files) {
    if (files.isEmpty()) {
      return configuration;
    }
    return configuration.with(ScriptPlace.sealing(files));
  }

  /** Writes them into the directory of a run. */
  static void keep(ScriptFiles files, RunDirectory run) {
    for (ScriptFile file : files.all()) {
      Path path = run.path(kept(file.sha256()));
      try (OutputStream out = run.files().create(path, true)) {
        Files.copy(file.local(), out);
      } catch (IOException e) {
        throw RunDirectory.failed("write", path, e);
      }
    }
  }

  private static String kept(String digest) {
    return FOLDER + "/" + digest + ".pt";
  }

  /** Whether a file of this name in {@link #FOLDER} is one of these. */
  static boolean isKept(String name) {
    return name.matches("[0-9a-f]{64}\\.pt");
  }

  /**
   * The files that a run keeps.
   *
   * @param configuration sealed
   * @throws ConfigurationException if one is missing or changed
   */
  static ScriptFiles ofRun(TrainingConfiguration configuration, RunDirectory run) {
    Map<ScriptPlace, ScriptFile> files = new LinkedHashMap<>();
    if (configuration.network().name().equals(ScriptFiles.NETWORK)) {
      ScriptPlace.digests(configuration.network())
          .forEach((place, digest) -> files.put(place, ofRun(place, digest, run)));
    }
    return files(files);
  }

  private static ScriptFile ofRun(ScriptPlace place, String digest, RunDirectory run) {
    Path path = run.path(kept(digest));
    try {
      return new ScriptFile(
          place.key() + " " + path,
          digest,
          LocalCopies.of(digest, path.toString(), () -> run.files().open(path)));
    } catch (UnsoundException e) {
      throw new ConfigurationException(e.getMessage() + "; restore it, or train anew", e);
    } catch (FileNotFoundException e) {
      throw new ConfigurationException(path + " is missing; restore it, or train anew", e);
    } catch (IOException e) {
      throw RunDirectory.failed("read", path, e);
    }
  }

  /**
   * The files of a model, which hold its weights, too.
   *
   * @param folder of the model
   * @throws UnsoundException if one is missing or changed
   */
  static ScriptFiles ofModel(Checkpoint model, RunDirectory folder) throws UnsoundException {
    Map<ScriptPlace, ScriptFile> files = new LinkedHashMap<>();
    List<String> names = ScriptFiles.names(model.tasks());
    for (int i = 0; i < names.size(); i++) {
      Optional<CheckpointFile> known = model.file(names.get(i));
      if (known.isPresent()) {
        Path path = folder.path(names.get(i));
        ScriptPlace place =
            i == 0 ? ScriptPlace.ENCODER : ScriptPlace.headOf(model.tasks().get(i - 1));
        files.put(place, ofModel(known.get(), path, folder));
      }
    }
    return files(files);
  }

  private static ScriptFile ofModel(CheckpointFile known, Path path, RunDirectory folder)
      throws UnsoundException {
    try {
      return new ScriptFile(
          path.toString(),
          known.sha256(),
          LocalCopies.of(known.sha256(), path.toString(), () -> folder.files().open(path)));
    } catch (FileNotFoundException e) {
      throw new UnsoundException(path + " is missing", e);
    } catch (IOException e) {
      throw RunDirectory.failed("read", path, e);
    }
  }

  private static ScriptFiles files(Map<ScriptPlace, ScriptFile> files) {
    Map<String, ScriptFile> heads = new TreeMap<>();
    files.forEach(
        (place, file) -> {
          if (!place.task().isEmpty()) {
            heads.put(place.task(), file);
          }
        });
    return new ScriptFiles(
        Optional.ofNullable(files.get(ScriptPlace.ENCODER)),
        Optional.ofNullable(files.get(ScriptPlace.HEAD)),
        heads);
  }
}
