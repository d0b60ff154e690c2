package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.options.ConfigurationException;

/**
 * Where a configuration names a TorchScript file of its network.
 *
 * @param option that names it
 * @param task whose head it is; empty for the encoder, and for the head of all other tasks
 */
public record ScriptPlace(String option, String task) {
  private static final String SECTION = "network";
  private static final String DIGESTS = SECTION + "." + ScriptFiles.DIGESTS;

  /** Where the encoder is named. */
  public static final ScriptPlace ENCODER = new ScriptPlace(ScriptFiles.ENCODER, "");

  /** Where the head of all tasks is named that have none of their own. */
  public static final ScriptPlace HEAD = new ScriptPlace(ScriptFiles.HEAD, "");

  /** Where the head of one task is named. */
  public static ScriptPlace headOf(String task) {
    return new ScriptPlace(ScriptFiles.HEADS, task);
  }

  /** The key that names the file. */
  public String key() {
    return SECTION + "." + option + (task.isEmpty() ? "" : "." + ConfigUtil.joinPath(task));
  }

  /** The key that names the file's SHA-256. */
  public String digestKey() {
    return key().replaceFirst(SECTION, DIGESTS);
  }

  /**
   * The files that a network is made of, in the order of its options.
   *
   * @throws ConfigurationException if the section has a key that is no place, or no text in one
   */
  public static Map<ScriptPlace, String> files(NetworkSection network) {
    return texts(network.options(), SECTION);
  }

  /**
   * Their SHA-256, as far as the section says them.
   *
   * @throws ConfigurationException as {@link #files} does
   */
  public static Map<ScriptPlace, String> digests(NetworkSection network) {
    return network.options().get(ScriptFiles.DIGESTS) instanceof Map<?, ?> digests
        ? texts(digests, DIGESTS)
        : Map.of();
  }

  /** A line of a configuration that says by their digests which files a network is made of. */
  public static String sealing(ScriptFiles files) {
    Map<String, Object> digests = new TreeMap<>();
    files.encoder().ifPresent(file -> digests.put(ScriptFiles.ENCODER, file.sha256()));
    files.head().ifPresent(file -> digests.put(ScriptFiles.HEAD, file.sha256()));
    Map<String, String> heads = new TreeMap<>();
    files.heads().forEach((task, file) -> heads.put(task, file.sha256()));
    if (!heads.isEmpty()) {
      digests.put(ScriptFiles.HEADS, heads);
    }
    return DIGESTS
        + " = "
        + ConfigValueFactory.fromMap(digests).render(ConfigRenderOptions.concise());
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

  /** The texts of a section, by what they are of. */
  private static Map<ScriptPlace, String> texts(Map<?, ?> section, String name) {
    Map<ScriptPlace, String> texts = new LinkedHashMap<>();
    section.forEach(
        (option, value) -> {
          if (option.equals(ScriptFiles.HEADS) && value instanceof Map<?, ?> heads) {
            heads.forEach(
                (task, text) ->
                    texts.put(
                        headOf(task.toString()), text(text, name + "." + option + "." + task)));
          } else if (option.equals(ScriptFiles.ENCODER) || option.equals(ScriptFiles.HEAD)) {
            texts.put(new ScriptPlace(option.toString(), ""), text(value, name + "." + option));
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
