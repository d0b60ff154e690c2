package org.sparkmto.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
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

  private static final String SECTION = "network";
  private static final String DIGESTS = SECTION + "." + ScriptFiles.DIGESTS;

  private NetworkScripts() {}

  /**
   * What a file is of.
   *
   * @param option that names it
   * @param task whose head it is; empty for the encoder, and for the head of all other tasks
   */
  private record Place(String option, String task) {
    String key() {
      return SECTION + "." + option + (task.isEmpty() ? "" : "." + ConfigUtil.joinPath(task));
    }
  }

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
    Map<Place, String> digests = digests(network);
    Map<Place, ScriptFile> files = new LinkedHashMap<>();
    texts(network.options(), SECTION)
        .forEach(
            (place, path) -> {
              ScriptFile file = read(place, path, configuration, kept, hadoop);
              String wanted = digests.getOrDefault(place, file.sha256());
              if (!wanted.equals(file.sha256())) {
                throw new ConfigurationException(
                    "%s has the SHA-256 %s, and %s asks for %s; restore the file, or leave the digest"
                            .formatted(
                                file,
                                file.sha256(),
                                place.key().replaceFirst(SECTION, DIGESTS),
                                wanted)
                        + " out to take it as it is");
              }
              files.put(place, file);
            });
    return files(files);
  }

  private static ScriptFile read(
      Place place,
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
      Place place, TrainingConfiguration configuration, Configuration hadoop) {
    RunDirectory run = RunDirectory.of(configuration.runDirectory(), hadoop);
    return run.read(RunDirectory.CONFIGURATION)
        .map(text -> digests(TrainingConfiguration.parse(text).network()).get(place))
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
    Map<String, Object> digests = new TreeMap<>();
    files.encoder().ifPresent(file -> digests.put(ScriptFiles.ENCODER, file.sha256()));
    files.head().ifPresent(file -> digests.put(ScriptFiles.HEAD, file.sha256()));
    Map<String, String> heads = new TreeMap<>();
    files.heads().forEach((task, file) -> heads.put(task, file.sha256()));
    if (!heads.isEmpty()) {
      digests.put(ScriptFiles.HEADS, heads);
    }
    return configuration.with(
        DIGESTS
            + " = "
            + ConfigValueFactory.fromMap(digests).render(ConfigRenderOptions.concise()));
  }

  /** Whether a key says where such a file lies, and not what is in it. */
  static boolean isPlace(Config config, String key) {
    List<String> path = ConfigUtil.splitPath(key);
    return path.size() > 1
        && path.get(0).equals(SECTION)
        && List.of(ScriptFiles.ENCODER, ScriptFiles.HEAD, ScriptFiles.HEADS).contains(path.get(1))
        && config.getString(SECTION + "." + ConfigurationKeys.NAME).equals(ScriptFiles.NETWORK);
  }

  /** A configuration without the heads of tasks that are not trained. */
  static Config ofOneTask(Config config, String task) {
    if (!config.getString(SECTION + "." + ConfigurationKeys.NAME).equals(ScriptFiles.NETWORK)) {
      return config;
    }
    Config narrowed = config;
    for (String section : List.of(SECTION, DIGESTS)) {
      String heads = section + "." + ScriptFiles.HEADS;
      Map<String, Object> all =
          config.hasPath(heads) ? config.getObject(heads).unwrapped() : Map.of();
      narrowed =
          narrowed.withoutPath(all.containsKey(task) ? section + "." + ScriptFiles.HEAD : heads);
      if (all.containsKey(task)) {
        narrowed =
            narrowed.withValue(heads, ConfigValueFactory.fromMap(Map.of(task, all.get(task))));
      }
    }
    return narrowed;
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
    Map<Place, ScriptFile> files = new LinkedHashMap<>();
    if (configuration.network().name().equals(ScriptFiles.NETWORK)) {
      digests(configuration.network())
          .forEach((place, digest) -> files.put(place, ofRun(place, digest, run)));
    }
    return files(files);
  }

  private static ScriptFile ofRun(Place place, String digest, RunDirectory run) {
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
    Map<Place, ScriptFile> files = new LinkedHashMap<>();
    List<String> names = ScriptFiles.names(model.tasks());
    for (int i = 0; i < names.size(); i++) {
      Optional<CheckpointFile> known = model.file(names.get(i));
      if (known.isPresent()) {
        Path path = folder.path(names.get(i));
        Place place =
            i == 0
                ? new Place(ScriptFiles.ENCODER, "")
                : new Place(ScriptFiles.HEADS, model.tasks().get(i - 1));
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

  private static ScriptFiles files(Map<Place, ScriptFile> files) {
    Map<String, ScriptFile> heads = new TreeMap<>();
    files.forEach(
        (place, file) -> {
          if (!place.task().isEmpty()) {
            heads.put(place.task(), file);
          }
        });
    return new ScriptFiles(
        Optional.ofNullable(files.get(new Place(ScriptFiles.ENCODER, ""))),
        Optional.ofNullable(files.get(new Place(ScriptFiles.HEAD, ""))),
        heads);
  }

  private static Map<Place, String> digests(NetworkSection network) {
    return network.options().get(ScriptFiles.DIGESTS) instanceof Map<?, ?> digests
        ? texts(digests, DIGESTS)
        : Map.of();
  }

  /** The texts of a section, by what they are of. */
  private static Map<Place, String> texts(Map<?, ?> section, String name) {
    Map<Place, String> texts = new LinkedHashMap<>();
    section.forEach(
        (option, value) -> {
          if (option.equals(ScriptFiles.HEADS) && value instanceof Map<?, ?> heads) {
            heads.forEach(
                (task, text) ->
                    texts.put(
                        new Place(ScriptFiles.HEADS, task.toString()),
                        text(text, name + "." + option + "." + task)));
          } else if (option.equals(ScriptFiles.ENCODER) || option.equals(ScriptFiles.HEAD)) {
            texts.put(new Place(option.toString(), ""), text(value, name + "." + option));
          } else if (!option.equals(ScriptFiles.DIGESTS)) {
            throw new ConfigurationException(
                "%s has no key '%s'; it has %s, %s and %s"
                    .formatted(
                        name, option, ScriptFiles.ENCODER, ScriptFiles.HEAD, ScriptFiles.HEADS));
          }
        });
    return texts;
  }

  private static String text(Object value, String key) {
    if (value instanceof String text) {
      return text;
    }
    throw new ConfigurationException(
        "%s = %s must be a text; a task with a dot in its name is written in quotes"
            .formatted(key, value));
  }
}
